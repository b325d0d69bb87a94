"""Models that write: greedy decoding, sampling and beam search, in one engine for every model that writes sequences."""

from keras_rnn_zoo.generation.continue_text import continue_text as continue_text
from keras_rnn_zoo.generation.ctc_reader import CTCReader as CTCReader
from keras_rnn_zoo.generation.reader_or_writer import writer_for as writer_for
from keras_rnn_zoo.generation.writer import SequenceWriter as SequenceWriter
from keras_rnn_zoo.generation.writer import Written as Written
