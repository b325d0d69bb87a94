"""Models that write: greedy decoding and sampling, in one loop for every model that writes sequences."""

from keras_rnn_zoo.generation.answer_text import answer_text as answer_text
from keras_rnn_zoo.generation.continue_text import continue_text as continue_text
from keras_rnn_zoo.generation.decode import SequenceWriter as SequenceWriter
