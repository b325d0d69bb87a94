"""Sound in, what was said out."""

import keras

from keras_rnn_zoo.builders.many_to_many_unaligned import build_many_to_many_unaligned
from keras_rnn_zoo.builders.sequence_input import sequence_input
from keras_rnn_zoo.cells.cell import positive
from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.layers.ctc_output import CTCOutput
from keras_rnn_zoo.layers.stacked_rnn import layer_widths, stacked_rnn

ALIGNMENTS = ("attention", "ctc")


def build_speech_recognizer(
    input_shape,
    outputs,
    units,
    *,
    alignment="attention",
    cell="lstm",
    cell_options=None,
    bidirectional=True,
    skip_connections=None,
    norm_preserving=None,
    mask_value=0.0,
    embedding_dim=None,
    decoder_units=None,
    attention=None,
    attention_units=None,
    readout_units=None,
    input_dropout=0.0,
    dropout=0.0,
    name="speech_recognizer",
):
    """Reads the frames of a recording, for instance log-mel energies, and writes what was said.

    With `alignment="ctc"` (Graves, Mohamed & Hinton 2013) a deep bidirectional LSTM says a symbol or a blank at every
    frame, and the loss sums over all ways to align them with the text: `keras.losses.CTC`, read off by
    `generation.CTCReader`. With `"attention"` a decoder writes symbol by symbol and looks for each at the frames that
    it was heard in (Chorowski et al. 2015).

    Args:
        input_shape: `(frames, features)`, usually `(None, features)`.
        outputs: number of symbols; id 0 is padding, and CTC's blank.
        units: the width of each reading layer, or one for each.
        alignment: `"attention"` or `"ctc"`.
        cell, cell_options, bidirectional, skip_connections, norm_preserving: of the reading layers (with attention
            `norm_preserving` reaches no others), see `build_many_to_many_unaligned`.
        mask_value: a frame all of whose entries equal this value is padding; `None`: none is.
        embedding_dim, decoder_units, attention, attention_units, readout_units: of the decoder, with attention alone;
            by default 64, the width of the top reading layer, `"bahdanau"` and the decoder's own widths.
        input_dropout: share of the frames' entries dropped in training.
        dropout: share of units dropped between the layers and before the output, never along time.

    Inputs and output: with CTC `inputs`, `(batch, frames, features)`, to logits `(batch, frames, outputs)`; with
    attention as `build_many_to_many_unaligned`.

    >>> build_speech_recognizer((None, 40), 30, (64, 64), alignment="ctc").output_shape
    (None, None, 30)
    """
    if alignment not in ALIGNMENTS:
        raise unknown_name("alignment", alignment, ALIGNMENTS)
    reading = {
        "cell": cell,
        "cell_options": cell_options,
        "bidirectional": bidirectional,
        "skip_connections": skip_connections,
        "norm_preserving": norm_preserving,
        "dropout": dropout,
    }
    heard = {"mask_value": mask_value, "input_dropout": input_dropout}
    writing = {
        "embedding_dim": embedding_dim,
        "decoder_units": decoder_units,
        "attention": attention,
        "attention_units": attention_units,
        "readout_units": readout_units,
    }
    if alignment == "ctc":
        given = [option for option, value in writing.items() if value is not None]
        if given:
            raise ZooError(f"{', '.join(given)} belong to a decoder: alignment='ctc' has none.")
        return _ctc_model(input_shape, outputs, units, reading, heard, name)
    width = writing.pop("embedding_dim")
    writing["decoder_embedding_dim"] = 64 if width is None else positive(width, "embedding_dim")
    writing["attention"] = attention or "bahdanau"
    writing["decoder_units"] = layer_widths(units)[-1] if decoder_units is None else decoder_units
    return build_many_to_many_unaligned(input_shape, outputs, units, **reading, **heard, **writing, name=name)


def _ctc_model(input_shape, outputs, units, reading, heard, name):
    inputs, sequence = sequence_input(
        input_shape, name="inputs", mask_value=heard["mask_value"], dropout=heard["input_dropout"]
    )
    cell = reading.pop("cell")
    sequence = stacked_rnn(cell, units, **reading, name="recurrence")(sequence)
    return keras.Model(inputs, CTCOutput(outputs, dtype="float32", name="output")(sequence), name=name)
