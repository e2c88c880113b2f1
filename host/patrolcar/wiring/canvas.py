"""A sheet of lines, boxes and texts, and its two outputs: SVG and, by matplotlib, PNG.

The SVG is written here, so that the same sheet gives the same bytes with every version of every
library; texts stay texts, so that it is small, can be searched, and a change is a short diff.
Coordinates are in pixels from the top left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

# Of about the same widths; which one it is depends on the machine that shows the picture.
FONTS = "DejaVu Sans, Bitstream Vera Sans, Verdana, sans-serif"


@dataclass(frozen=True)
class Line:
    """A polyline."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float
    dashed: bool = False


@dataclass(frozen=True)
class Box:
    """A rectangle with rounded corners; `fill` or `stroke` may be empty."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str = ""
    radius: float = 0
    line: float = 1.5
    dashed: bool = False


@dataclass(frozen=True)
class Text:
    """One line of text, its middle's height at `y`; `anchor` is start, middle or end."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: str = "start"
    bold: bool = False
    halo: bool = False


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float
    fill: str
    stroke: str = ""


@dataclass(frozen=True)
class Group:
    """What belongs together; its title is shown where a mouse rests on it."""

    title: str
    shapes: tuple[Shape, ...]


Shape = Line | Box | Text | Dot | Group


@dataclass
class Canvas:
    """The sheet: shapes in the order in which they are painted."""

    width: float
    height: float
    paper: str
    shapes: list[Shape] = field(default_factory=list)

    def add(self, *shapes: Shape) -> None:
        self.shapes += shapes

    def svg(self, title: str) -> str:
        """The sheet as an SVG document."""
        size = f"{_n(self.width)} {_n(self.height)}"
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" '
            f'width="{_n(self.width)}" height="{_n(self.height)}" font-family="{FONTS}">',
            f"<title>{escape(title)}</title>",
            f'<rect width="100%" height="100%" fill="{self.paper}"/>',
        ]
        for shape in self.shapes:
            lines += _svg(shape)
        return "\n".join([*lines, "</svg>", ""])

    def save_png(self, path: Path, scale: float = 2.0) -> None:
        """Writes the sheet as PNG, `scale` pixels of it for one of the sheet's."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        # 72 points an inch: a pixel of the sheet is a point.
        figure = Figure((self.width / 72, self.height / 72), facecolor=self.paper)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, self.width)
        axes.set_ylim(self.height, 0)
        for order, shape in enumerate(_flat(self.shapes)):
            _paint(axes, shape, order)
        figure.savefig(path, dpi=72 * scale, format="png", facecolor=self.paper)


def _flat(shapes: list[Shape] | tuple[Shape, ...]) -> list[Shape]:
    out: list[Shape] = []
    for shape in shapes:
        out += _flat(shape.shapes) if isinstance(shape, Group) else [shape]
    return out


def _n(value: float) -> str:
    """A coordinate, as short as it goes."""
    return f"{value:.1f}".removesuffix(".0")


def _svg(shape: Shape) -> list[str]:
    if isinstance(shape, Group):
        inner = [line for one in shape.shapes for line in _svg(one)]
        return [f"<g><title>{escape(shape.title)}</title>", *inner, "</g>"]
    if isinstance(shape, Line):
        points = " ".join(f"{_n(x)},{_n(y)}" for x, y in shape.points)
        dashes = ' stroke-dasharray="5 4"' if shape.dashed else ""
        return [
            f'<polyline points="{points}" fill="none" stroke="{shape.colour}" '
            f'stroke-width="{_n(shape.width)}" stroke-linejoin="round"{dashes}/>'
        ]
    if isinstance(shape, Box):
        corner = f' rx="{_n(shape.radius)}"' if shape.radius else ""
        stroke = (
            f' stroke="{shape.stroke}" stroke-width="{_n(shape.line)}"' if shape.stroke else ""
        )
        dashes = ' stroke-dasharray="5 4"' if shape.dashed else ""
        return [
            f'<rect x="{_n(shape.x)}" y="{_n(shape.y)}" width="{_n(shape.width)}" '
            f'height="{_n(shape.height)}"{corner} fill="{shape.fill or "none"}"{stroke}{dashes}/>'
        ]
    if isinstance(shape, Dot):
        stroke = f' stroke="{shape.stroke}"' if shape.stroke else ""
        return [
            f'<circle cx="{_n(shape.x)}" cy="{_n(shape.y)}" r="{_n(shape.radius)}" '
            f'fill="{shape.fill}"{stroke}/>'
        ]
    weight = ' font-weight="bold"' if shape.bold else ""
    anchor = f' text-anchor="{shape.anchor}"' if shape.anchor != "start" else ""
    halo = ' stroke="#fff" stroke-width="4" paint-order="stroke"' if shape.halo else ""
    # Baseline by hand: not every program knows dominant-baseline.
    return [
        f'<text x="{_n(shape.x)}" y="{_n(shape.y + shape.size * 0.36)}" '
        f'font-size="{_n(shape.size)}" fill="{shape.colour}"{anchor}{weight}{halo}>'
        f"{escape(shape.text)}</text>"
    ]


def _paint(axes: object, shape: Shape, order: int) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle, FancyBboxPatch
    from matplotlib.patheffects import withStroke

    if isinstance(shape, Line):
        x, y = zip(*shape.points, strict=True)
        style = (0, (5 / shape.width, 4 / shape.width)) if shape.dashed else "-"
        axes.add_line(  # type: ignore[attr-defined]
            Line2D(x, y, color=shape.colour, linewidth=shape.width, linestyle=style, zorder=order)
        )
    elif isinstance(shape, Box):
        axes.add_patch(  # type: ignore[attr-defined]
            FancyBboxPatch(
                (shape.x, shape.y),
                shape.width,
                shape.height,
                boxstyle=f"round,pad=0,rounding_size={shape.radius}"
                if shape.radius
                else "square,pad=0",
                facecolor=shape.fill or "none",
                edgecolor=shape.stroke or "none",
                linewidth=shape.line,
                linestyle=(0, (3.3, 2.7)) if shape.dashed else "-",
                zorder=order,
            )
        )
    elif isinstance(shape, Dot):
        axes.add_patch(  # type: ignore[attr-defined]
            Circle(
                (shape.x, shape.y),
                shape.radius,
                facecolor=shape.fill,
                edgecolor=shape.stroke or "none",
                zorder=order,
            )
        )
    elif isinstance(shape, Text):
        axes.text(  # type: ignore[attr-defined]
            shape.x,
            shape.y + shape.size * 0.36,
            shape.text.replace("$", r"\$"),
            fontsize=shape.size,
            color=shape.colour,
            ha={"start": "left", "middle": "center", "end": "right"}[shape.anchor],
            va="baseline",
            fontweight="bold" if shape.bold else "normal",
            family="DejaVu Sans",
            path_effects=[withStroke(linewidth=4, foreground="white")] if shape.halo else [],
            zorder=order,
        )
