"""What runs cells along time and stacks them along depth."""

from keras_rnn_zoo.layers.attention import Attention as Attention
from keras_rnn_zoo.layers.attention_decoder import AttentionDecoder as AttentionDecoder
from keras_rnn_zoo.layers.carried_state import CarriedState as CarriedState
from keras_rnn_zoo.layers.carried_state import carry_state as carry_state
from keras_rnn_zoo.layers.ctc_output import CTCOutput as CTCOutput
from keras_rnn_zoo.layers.deep_output import DeepOutput as DeepOutput
from keras_rnn_zoo.layers.fold_time import FoldTime as FoldTime
from keras_rnn_zoo.layers.fused import GRU as GRU
from keras_rnn_zoo.layers.fused import LSTM as LSTM
from keras_rnn_zoo.layers.low_rank import LowRankGRU as LowRankGRU
from keras_rnn_zoo.layers.low_rank import LowRankLSTM as LowRankLSTM
from keras_rnn_zoo.layers.low_rank import LowRankRecurrent as LowRankRecurrent
from keras_rnn_zoo.layers.norm_preserving import NormPreservingRNN as NormPreservingRNN
from keras_rnn_zoo.layers.oriented_gradients import OrientedGradients as OrientedGradients
from keras_rnn_zoo.layers.real_steps import RealSteps as RealSteps
from keras_rnn_zoo.layers.recurrent import Recurrent as Recurrent
from keras_rnn_zoo.layers.recurrent_layer import recurrent_layer as recurrent_layer
from keras_rnn_zoo.layers.reverse_sequence import ReverseSequence as ReverseSequence
from keras_rnn_zoo.layers.rnn_decoder import RNNDecoder as RNNDecoder
from keras_rnn_zoo.layers.stacked_rnn import StackedRNN as StackedRNN
from keras_rnn_zoo.layers.stacked_rnn import stacked_rnn as stacked_rnn
