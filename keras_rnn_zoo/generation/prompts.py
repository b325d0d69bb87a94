"""Reading a prompt before going on with it."""

from keras import ops

from keras_rnn_zoo.preprocessing.vocabulary import PAD


def read_prompts(stepper, fixed, state, prompts):
    """Reads all but the last symbol of each row.

    Args:
        stepper: a stepper that reads prompts.
        fixed, state: as its `start` gave them.
        prompts: ids `(batch, timesteps)`, right-padded; each row has at least one symbol.

    Returns:
        Each row's last symbol, `(batch,)`, and the state before it is read.
    """
    lengths = ops.sum(ops.cast(prompts != PAD, "int32"), axis=1)

    def read_one(position, *state):
        symbols = ops.take(prompts, position, axis=1)
        _, after = stepper.step(symbols, fixed, state)
        reads = (position < lengths - 1)[:, None]
        return (position + 1, *(ops.where(reads, new, old) for new, old in zip(after, state, strict=True)))

    longest = ops.max(lengths, initial=1)
    _, *state = ops.while_loop(
        lambda position, *_: position < longest - 1, read_one, (ops.convert_to_tensor(0), *state)
    )
    last = ops.take_along_axis(prompts, ops.maximum(lengths - 1, 0)[:, None], axis=1)[:, 0]
    return last, state
