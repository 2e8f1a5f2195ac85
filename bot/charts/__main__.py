"""The process that draws: a chart as JSON in, a PNG out."""

import sys

from bot.charts.chart import from_json
from bot.charts.draw import draw

if __name__ == "__main__":
    sys.stdout.buffer.write(draw(from_json(sys.stdin.read())))
