"""The commands `plot error-surface` and `plot bptt`: pictures of equations, with their numbers beside them."""

import csv
import shlex
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from keras_rnn_zoo import cli
from keras_rnn_zoo.equations.error_surface import descend, error
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.views.bptt import draw_bptt
from keras_rnn_zoo.views.error_surface import draw_error_surface
from tests.plots.rendering import apart, inside


@pytest.fixture(autouse=True)
def drawn(monkeypatch, tmp_path):
    """The figures that were saved, in a working folder of the test's own."""
    figures, save = [], Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda figure, *a, **o: (figures.append(figure), save(figure, *a, **o))[1])
    monkeypatch.chdir(tmp_path)
    return figures


def call(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


def table(path):
    """The command in the first line, and the rows below it."""
    with open(path, encoding="utf-8") as file:
        return file.readline().removeprefix("# ").strip(), list(csv.DictReader(file))


def test_error_surface(monkeypatch, drawn, capsys):
    assert call(monkeypatch, "plot", "error-surface", "--output", "e.png") == 0
    assert "gradient descent: w=47.02" in capsys.readouterr().out
    space, above, bar = drawn[0].axes
    thrown, kept, start = above.lines
    assert start.get_xydata().tolist() == [[5.2, -2.2]]
    expected = descend((5.2, -2.2), 0.05, 150, 0.5)
    np.testing.assert_allclose(kept.get_xydata(), expected.points)
    np.testing.assert_allclose(space.lines[1].get_data_3d()[2], expected.errors, atol=0.01)
    assert "update 104 throws it to w=47, b=65.3" in thrown.get_label()
    leaves = thrown.get_xydata()[-1]
    assert leaves[1] == pytest.approx(-1.9) and 4.5 <= leaves[0] <= 5.5
    mesh = above.collections[0]
    w, b = mesh.get_coordinates()[..., 0], mesh.get_coordinates()[..., 1]
    np.testing.assert_allclose(np.reshape(mesh.get_array(), w.shape), error(w, b))
    assert inside(drawn[0]) and apart(drawn[0])

    command, rows = table("e.csv")
    assert [row["descent"] for row in rows] == ["gradient descent"] * 151 + ["clipped to norm 0.5"] * 151
    last = rows[-1]
    assert (float(last["w"]), float(last["b"])) == pytest.approx(tuple(expected.points[-1]), rel=1e-5)
    assert float(last["gradient_norm"]) == pytest.approx(expected.norms[-1], rel=1e-5)
    assert call(monkeypatch, *shlex.split(command)[1:]) == 2
    assert "e.png is there already" in capsys.readouterr().err
    before = open("e.csv").read()
    assert call(monkeypatch, *shlex.split(command)[1:], "--overwrite") == 0 and open("e.csv").read() == before


def test_a_descent_that_stays_is_drawn_whole(drawn, tmp_path):
    draw_error_surface(tmp_path / "e.png", "", start=(5.3, -2.0), updates=20)
    thrown, kept, _ = drawn[0].axes[1].lines
    np.testing.assert_allclose(thrown.get_xydata(), descend((5.3, -2.0), 0.05, 20).points)
    assert thrown.get_label() == "gradient descent" and len(kept.get_xydata()) == 21


def test_a_descent_that_leaves_with_its_last_update(drawn, tmp_path):
    draw_error_surface(tmp_path / "e.png", "", updates=104)
    thrown = drawn[0].axes[1].lines[0]
    assert "update 104 throws it to w=47" in thrown.get_label() and len(thrown.get_xydata()) == 105


def test_bptt(monkeypatch, drawn, capsys):
    radii = ["--spectral-radius", 0.5, "--spectral-radius", 1.0, "--spectral-radius", 1.5]
    assert call(monkeypatch, "plot", "bptt", "--output", "b.png") == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    heat, errors = drawn[0].axes[:3], drawn[0].axes[3:6]
    assert [axes.get_title() for axes in heat] == ["spectral radius 0.5", "spectral radius 1", "spectral radius 1.5"]
    for axes in heat:
        shown = axes.images[0].get_array()
        assert shown.shape == (30, 30) and (np.ma.getmaskarray(shown) == np.triu(np.ones((30, 30), bool), 1)).all()
    vanishing, keeping, exploding = (axes.lines[1].get_ydata() for axes in errors)
    growth = vanishing[1:] / vanishing[:-1]
    np.testing.assert_allclose(growth, 2, rtol=1e-3)  # Each step back halves it: the units are still linear.
    assert keeping[0] == pytest.approx(keeping[-1], rel=0.05) and exploding[0] > 100 * exploding[-1]
    for axes, last in zip(errors, (vanishing, keeping, exploding)):
        assert axes.lines[0].get_ydata()[-1] == pytest.approx(last[-1])
    assert inside(drawn[0]) and apart(drawn[0])

    command, rows = table("b.csv")
    assert shlex.split(command)[5:11] == list(map(str, radii)) and len(rows) == 90
    np.testing.assert_allclose([float(row["grad_h_of_last_loss"]) for row in rows[:30]], vanishing, rtol=1e-5)
    assert call(monkeypatch, *shlex.split(command)[1:], "--overwrite") == 0
    np.testing.assert_allclose(drawn[1].axes[3].lines[1].get_ydata(), vanishing)


def test_one_network_of_few_steps(drawn, tmp_path):
    (norms,) = draw_bptt(tmp_path / "b.png", "", [3.0], steps=2, units=1, seed=4)
    assert norms.by_loss.shape == (2, 2) and norms.grad_h.shape == norms.contributions.shape == (2,)
    assert norms.contributions[0] == 0 and norms.contributions[1] > 0 and inside(drawn[0])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["error-surface", "--output", "a.svg"], "--output must end in .png"),
        (["error-surface", "--output", "a.png", "--start", "7", "-2"], "w from 4.5 to 5.5 and b from -2.9 to -1.9"),
        (["error-surface", "--output", "a.png", "--clip-norm", "0"], "clip_norm should be a finite number above 0"),
        (["error-surface", "--output", "a.png", "--learning-rate", "inf"], "learning_rate should be a finite number"),
        (["error-surface", "--output", "a.png", "--updates", "0"], "--updates"),
        (["bptt", "--output", "a.png", "--spectral-radius", "0"], "finite, above 0 and different from each other"),
        (["bptt", "--output", "a.png", *["--spectral-radius", "2"] * 2], "received [2.0, 2.0]"),
        (["bptt", "--output", "a.png", "--spectral-radius", "nan"], "received [nan]"),
        (["bptt", "--output", "a.png", "--steps", "1"], "--steps"),
        (["bptt"], "Missing option '--output'"),
    ],
)
def test_bad_input_costs_one_line(arguments, says, monkeypatch, capsys, tmp_path):
    assert call(monkeypatch, "plot", *arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: ") and said.err.count("\n") == 1 and says in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_is_there_is_not_replaced(monkeypatch, capsys, tmp_path):
    (tmp_path / "b.csv").write_text("mine")
    assert call(monkeypatch, "plot", "bptt", "--output", "b.png") == 2
    assert "b.csv is there already" in capsys.readouterr().err and (tmp_path / "b.csv").read_text() == "mine"


@pytest.mark.parametrize("arguments", [{"steps": 1}, {"units": 0}, {"spectral_radii": []}])
def test_numbers_out_of_range_are_refused(arguments, tmp_path):
    with pytest.raises(ZooError, match="received"):
        draw_bptt(tmp_path / "b.png", "", **arguments)


def test_neither_needs_keras():
    script = (
        "import sys, keras_rnn_zoo.views.bptt, keras_rnn_zoo.views.error_surface; assert 'keras' not in sys.modules"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-1000:]
