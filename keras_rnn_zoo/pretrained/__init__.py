"""Weights from elsewhere: torch.nn's recurrent layers, and one kind of cell from another."""

from keras_rnn_zoo.pretrained.cell_weights import convert_weights as convert_weights
from keras_rnn_zoo.pretrained.torch_weights import from_torch as from_torch
from keras_rnn_zoo.pretrained.torch_weights import to_torch as to_torch
