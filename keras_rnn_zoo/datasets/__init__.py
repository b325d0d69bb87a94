"""Data as NumPy arrays, in three splits, with the description that a builder can be fed from."""

from keras_rnn_zoo.datasets.catalogue import list_datasets, load
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples

load_dataset = load

__all__ = ["Dataset", "DatasetSpec", "Examples", "list_datasets", "load", "load_dataset"]
