"""What a parquet file of candles unpacks into, judged before anything is unpacked.

A small file can be made to fill the memory, or to end the process: pyarrow's own view of a footer aborts on some. So the
footer is read here, and, since it may lie, the header in front of each page, which tells what a decoder sets aside.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import BadCandles
from core.market.candles import CANDLE_COLUMNS
from core.market.thrift import Struct, read_struct

MOST_CANDLES = 1_000_000
"""Those of 15 minutes in 28 years; a series has fewer."""
MOST_FOOTER_BYTES = 1 << 18
MOST_LIST_ITEMS = 10_000
"""Of any list in the footer: columns, groups of rows."""
MOST_PAGES = 20_000
"""Of one column. Writers put thousands of values on a page."""
MOST_COLUMN_BYTES = 32 * MOST_CANDLES
"""Four times what the values alone take: there is a dictionary, too, and not every writer is thrifty."""

_MAGIC = b"PAR1"
_PLAIN_NUMBERS = (1, 2, 4, 5)
"""INT32, INT64, FLOAT and DOUBLE among parquet's types."""
_REPEATED = 2


def check_bounds(content: bytes, columns: tuple[str, ...]) -> int:
    """How many rows there are; BadCandles unless ``columns`` are flat columns of numbers, of at most MOST_CANDLES rows.

    Whatever else is raised says that the file is damaged.
    """
    footer = _footer(content)
    elements, groups = footer[2], footer[4]
    rows = max(footer[3], sum(group[3] for group in groups))
    if rows > MOST_CANDLES:
        raise BadCandles(f"It has {rows:,} candles; expected at most {MOST_CANDLES:,}.")
    for name in columns:
        place = _place_of(name, elements)
        if not rows:
            continue  # where there is no value, there need be no page
        chunks = [group[1][place][3] for group in groups]
        size = sum(size for chunk in chunks for size in _page_sizes(content, chunk))
        if max(size, sum(8 * chunk[5] for chunk in chunks)) > MOST_COLUMN_BYTES:
            raise BadCandles(
                f"Column {name!r} unpacks into {size:,} bytes; expected at most {MOST_COLUMN_BYTES:,}, "
                f"enough for {MOST_CANDLES:,} candles."
            )
    return rows


def _footer(content: bytes) -> Struct:
    """Parquet's FileMetaData: 2 schema elements, 3 number of rows, 4 groups of rows."""
    if len(content) < 12 or content[-4:] != _MAGIC:
        raise BadCandles("It is not a parquet file; expected one with the columns of a candle.")
    size = int.from_bytes(content[-8:-4], "little")
    if size > MOST_FOOTER_BYTES:
        raise BadCandles(f"Its footer has {size:,} bytes; expected at most {MOST_FOOTER_BYTES:,}.")
    return read_struct(content[-8 - size : -8], 0)[0]


def _place_of(name: str, elements: list[Struct]) -> int:
    """Which of the columns is called ``name``: 1 type, 3 repetition, 4 name, 5 children of each but the root."""
    columns = elements[1:]
    if any(column.get(5) for column in columns):
        raise BadCandles("It has columns within columns; expected those of a candle, side by side.")
    places = [place for place, column in enumerate(columns) if column[4] == name.encode()]
    if len(places) > 1:
        raise BadCandles(f"Column {name!r} is there {len(places)} times; expected once.")
    if not places:
        raise BadCandles(f"Candles lack the column {name!r}; expected {', '.join(CANDLE_COLUMNS)}.")
    column = columns[places[0]]
    if column.get(1) not in _PLAIN_NUMBERS or column.get(3) == _REPEATED:
        raise BadCandles(f"Column {name!r} does not hold plain numbers; expected float64, or timestamps for open_time.")
    return places[0]


def _page_sizes(content: bytes, chunk: Struct) -> Iterator[int]:
    """The unpacked bytes of each page of a column in one group of rows, as its header announces them.

    Of the chunk: 7 bytes in the file, 9 and 11 where its pages and its dictionary begin. Of a header: 2 bytes unpacked,
    3 bytes in the file.
    """
    dictionary = chunk.get(11, 0)
    at = dictionary if 0 < dictionary < chunk[9] else max(0, chunk[9])
    end = at + chunk[7]
    pages = 0
    while at < end:
        header, at = read_struct(content, at)
        if min(header[2], header[3]) < 0:
            raise BadCandles("One of its pages has less than no bytes; the file is damaged.")
        at += header[3]
        pages += 1
        if pages > MOST_PAGES:
            raise BadCandles(f"A column of it lies on more than {MOST_PAGES:,} pages; write it anew.")
        yield header[2]
