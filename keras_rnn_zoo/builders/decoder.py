"""What writes, in every builder that writes."""

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.attention_decoder import AttentionDecoder
from keras_rnn_zoo.layers.rnn_decoder import RNNDecoder


def decoder_for(
    outputs,
    rnn,
    embedding_dim,
    *,
    conditioning,
    attention=None,
    attention_units=None,
    input_feeding=None,
    readout_units=None,
    mask_value=-1.0,
    **options,
) -> RNNDecoder:
    """The layer `decoder` that a builder's options ask for: an `AttentionDecoder` with `attention`, else an `RNNDecoder`.

    Raises:
        ZooError: options of attention without it, or another way for the context to enter beside it.
    """
    looking = {"attention_units": attention_units, "input_feeding": input_feeding, "readout_units": readout_units}
    if attention:
        if conditioning != "initial_state":
            raise ZooError(f"With attention, conditioning must be 'initial_state', received {conditioning!r}.")
        if embedding_dim is None:
            raise ZooError("With attention symbols are written: embedding_dim is needed.")
        return AttentionDecoder(outputs, rnn, embedding_dim, attention, **looking, **options, name="decoder")
    given = [option for option, value in looking.items() if value is not None]
    if given:
        raise ZooError(f"{', '.join(given)} belong to attention: give attention='bahdanau' or one of Luong's.")
    return RNNDecoder(outputs, rnn, embedding_dim, conditioning, mask_value=mask_value, **options, name="decoder")
