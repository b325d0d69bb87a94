"""The sizes of Table 1 of Pascanu et al. 2014, "How to construct deep recurrent neural networks".

Weights without biases, d inputs and outputs:

- RNN of h units: `d h + h h + h d`
- DT(S)-RNN of h units through m: `d (m + h) + h (m + h) + m h + h d`
- DOT(S)-RNN, which answers through o: `d (m + h) + h (m + h) + m h + h o + o d`
- sRNN of two layers of h: `d h + 3 h h + h d`
"""

import pytest

import keras_rnn_zoo as zoo

# data: (d, {network: (widths, the paper's figure)})
TABLE = {
    "Nottingham": (88, {"RNN": (600, "465K"), "DT(S)": (400, "585K"), "DOT(S)": ((400, 400), "745K"), "sRNN": (400, "550K")}),
    "JSB Chorales": (88, {"RNN": (200, "75K"), "DT(S)": (400, "585K"), "DOT(S)": ((400, 400), "745K"), "sRNN": (400, "550K")}),
    "MuseData": (88, {"RNN": (600, "465K"), "DT(S)": (400, "585K"), "DOT(S)": ((400, 400), "745K"), "sRNN": (600, "1185K")}),
    "PTB characters": (50, {"RNN": (600, "420K"), "DT(S)": (400, "540K"), "DOT(S)": ((400, 600), "790K"), "sRNN": (400, "520K")}),
    "PTB words": (10_000, {"RNN": (200, "4.04M"), "DT(S)": (200, "6.12M"), "DOT(S)": ((200, 200), "6.16M"), "sRNN": (400, "8.48M")}),
}  # fmt: skip


def rnn(d, h):
    return {"units": h, "cell": "simple_rnn"}, d * h + h * h + h * d


def dts(d, h):
    options = {"units": h, "cell": "deep_transition", "cell_options": {"transition_units": h, "shortcut": True}}
    return options, d * 2 * h + h * 2 * h + h * h + h * d


def dots(d, widths):
    h, o = widths
    options, parameters = dts(d, h)
    return {**options, "output_units": o}, parameters - h * d + h * o + o * d


def srnn(d, h):
    return {"units": (h, h), "cell": "simple_rnn"}, d * h + 3 * h * h + h * d


NETWORKS = {"RNN": rnn, "DT(S)": dts, "DOT(S)": dots, "sRNN": srnn}


@pytest.mark.parametrize("data", TABLE)
@pytest.mark.parametrize("network", NETWORKS)
def test_parameters(data, network):
    d, sizes = TABLE[data]
    widths, stated = sizes[network]
    options, formula = NETWORKS[network](d, widths)
    model = zoo.build_many_to_many_aligned((None, d), d, options.pop("units"), **options)
    kernels = sum(weight.shape[0] * weight.shape[1] for weight in model.weights if len(weight.shape) == 2)
    assert kernels == formula
    assert rounded_as(stated, kernels)


def rounded_as(stated, number) -> bool:
    """Whether the paper's figure stands for this number: thousands are given to the nearest 5, millions to two places."""
    if stated.endswith("M"):
        return stated == f"{number / 1e6:.2f}M"
    return int(stated[:-1]) == 5 * round(number / 5000)
