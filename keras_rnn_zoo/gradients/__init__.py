"""Seeing and taming gradients."""

from keras_rnn_zoo.gradients.clipping import warn_of_clipnorm as warn_of_clipnorm
from keras_rnn_zoo.gradients.flow import GradientFlow as GradientFlow
from keras_rnn_zoo.gradients.guard import NonFiniteGuard as NonFiniteGuard
from keras_rnn_zoo.gradients.omega_of_layer import omega_of as omega_of
from keras_rnn_zoo.gradients.omega_probe import OmegaProbe as OmegaProbe
from keras_rnn_zoo.gradients.omega_probe import preserves_norms as preserves_norms
from keras_rnn_zoo.gradients.saturation import saturated_shares as saturated_shares
from keras_rnn_zoo.gradients.spectral import spectral_radii as spectral_radii
from keras_rnn_zoo.gradients.through_time import GradientsThroughTime as GradientsThroughTime
from keras_rnn_zoo.gradients.through_time import LayerErrors as LayerErrors
from keras_rnn_zoo.gradients.through_time import gradients_through_time as gradients_through_time
from keras_rnn_zoo.gradients.update_hook import hindrance as hindrance
