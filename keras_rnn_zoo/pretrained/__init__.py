"""Trained models by their names, and weights from elsewhere: torch.nn's recurrent layers, another kind of cell."""

from keras_rnn_zoo.pretrained.cell_weights import convert_weights as convert_weights
from keras_rnn_zoo.pretrained.folders import list_presets as list_presets
from keras_rnn_zoo.pretrained.presets import from_preset as from_preset
from keras_rnn_zoo.pretrained.presets import save_to_preset as save_to_preset
from keras_rnn_zoo.pretrained.spread import state_spread as state_spread
from keras_rnn_zoo.pretrained.torch_weights import from_torch as from_torch
from keras_rnn_zoo.pretrained.torch_weights import to_torch as to_torch
