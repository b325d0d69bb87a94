"""To make a trained model one's own: freeze, thaw, replace what does not fit."""

from keras_rnn_zoo.finetuning.adapters import merged as merged
from keras_rnn_zoo.finetuning.adapters import with_adapters as with_adapters
from keras_rnn_zoo.finetuning.discriminative import discriminative_optimizer as discriminative_optimizer
from keras_rnn_zoo.finetuning.freezing import freeze_to as freeze_to
from keras_rnn_zoo.finetuning.freezing import gradual_unfreezing as gradual_unfreezing
from keras_rnn_zoo.finetuning.freezing import recompile as recompile
from keras_rnn_zoo.finetuning.layer_groups import layer_groups as layer_groups
from keras_rnn_zoo.finetuning.new_head import with_head as with_head
from keras_rnn_zoo.finetuning.new_vocabulary import with_vocabulary as with_vocabulary
from keras_rnn_zoo.finetuning.slanted_triangular import SlantedTriangular as SlantedTriangular
