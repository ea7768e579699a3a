"""The coins Candor follows: names for pages, ticks for rounding, and the facts the simulated market starts from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from core.domain import resolve_symbol, ticker
from core.errors import UnknownSymbol


@dataclass(frozen=True, slots=True)
class Coin:
    """One USDT perpetual. Prices, volatility and turnover are those of summer 2025, rounded."""

    symbol: str
    name: str
    price: float
    """USDT, close of 2025-08-31."""
    tick: float
    """Smallest price step, USDT."""
    daily_volatility: float
    """Standard deviation of a day's log return."""
    market_correlation: float
    """Correlation of the coin's 15m returns with the average coin's."""
    daily_turnover: float
    """USDT traded on an ordinary day."""


WATCHLIST: tuple[Coin, ...] = (
    Coin("BTCUSDT", "Bitcoin", 108208.4, 0.1, 0.025, 0.80, 15000e6),
    Coin("ETHUSDT", "Ethereum", 4389.58, 0.01, 0.039, 0.87, 20000e6),
    Coin("SOLUSDT", "Solana", 200.57, 0.01, 0.047, 0.83, 3800e6),
    Coin("XRPUSDT", "XRP", 2.7745, 0.0001, 0.056, 0.78, 2000e6),
    Coin("DOGEUSDT", "Dogecoin", 0.21359, 0.00001, 0.057, 0.85, 1400e6),
    Coin("SUIUSDT", "Sui", 3.2476, 0.0001, 0.061, 0.81, 780e6),
    Coin("ADAUSDT", "Cardano", 0.8107, 0.0001, 0.059, 0.84, 520e6),
    Coin("BNBUSDT", "BNB", 858.08, 0.01, 0.029, 0.79, 400e6),
    Coin("LINKUSDT", "Chainlink", 23.195, 0.001, 0.055, 0.88, 390e6),
    Coin("WIFUSDT", "dogwifhat", 0.7832, 0.0001, 0.078, 0.79, 370e6),
    Coin("UNIUSDT", "Uniswap", 9.615, 0.001, 0.058, 0.82, 320e6),
    Coin("AVAXUSDT", "Avalanche", 23.381, 0.001, 0.052, 0.90, 310e6),
    Coin("AAVEUSDT", "Aave", 315.57, 0.01, 0.057, 0.82, 300e6),
    Coin("LTCUSDT", "Litecoin", 108.82, 0.01, 0.050, 0.81, 230e6),
    Coin("BCHUSDT", "Bitcoin Cash", 543.94, 0.01, 0.046, 0.77, 210e6),
    Coin("DOTUSDT", "Polkadot", 3.74, 0.001, 0.051, 0.90, 160e6),
    Coin("OPUSDT", "Optimism", 0.6916, 0.0001, 0.059, 0.88, 150e6),
    Coin("TRXUSDT", "TRON", 0.34076, 0.00001, 0.032, 0.56, 140e6),
    Coin("XLMUSDT", "Stellar", 0.35247, 0.00001, 0.062, 0.73, 140e6),
    Coin("NEARUSDT", "NEAR Protocol", 2.365, 0.001, 0.056, 0.91, 140e6),
    Coin("SEIUSDT", "Sei", 0.2839, 0.0001, 0.060, 0.83, 130e6),
    Coin("TIAUSDT", "Celestia", 1.5958, 0.0001, 0.064, 0.83, 130e6),
    Coin("FILUSDT", "Filecoin", 2.268, 0.001, 0.051, 0.91, 120e6),
    Coin("HBARUSDT", "Hedera", 0.21887, 0.00001, 0.067, 0.73, 120e6),
    Coin("APTUSDT", "Aptos", 4.2517, 0.0001, 0.053, 0.85, 120e6),
    Coin("INJUSDT", "Injective", 12.696, 0.001, 0.061, 0.88, 110e6),
    Coin("FETUSDT", "Artificial Superintelligence Alliance", 0.6125, 0.0001, 0.061, 0.84, 80e6),
    Coin("ATOMUSDT", "Cosmos", 4.462, 0.001, 0.049, 0.89, 45e6),
    Coin("ICPUSDT", "Internet Computer", 4.748, 0.001, 0.051, 0.89, 36e6),
    Coin("RENDERUSDT", "Render", 3.417, 0.001, 0.062, 0.88, 33e6),
    Coin("STXUSDT", "Stacks", 0.6198, 0.0001, 0.056, 0.87, 21e6),
    Coin("ARUSDT", "Arweave", 6.339, 0.001, 0.063, 0.86, 19e6),
    Coin("GRTUSDT", "The Graph", 0.08839, 0.00001, 0.054, 0.91, 17e6),
    Coin("THETAUSDT", "Theta Network", 0.7797, 0.0001, 0.057, 0.88, 15e6),
)
"""In display order: the majors first, then by turnover."""

COINS: dict[str, Coin] = {coin.symbol: coin for coin in WATCHLIST}
SYMBOLS: tuple[str, ...] = tuple(COINS)


def check_wanted(wanted: Iterable[str], listed: Collection[str]) -> None:
    """UnknownSymbol, with a suggestion for each coin of CANDOR_SYMBOLS that a market does not list."""
    unknown = unknown_coins(wanted, listed)
    if unknown:
        raise none_of_these(unknown)


def unknown_coins(wanted: Iterable[str], listed: Collection[str]) -> dict[str, UnknownSymbol]:
    """Those of the wanted coins that are not listed, each with a suggestion."""
    unknown = {}
    for symbol in wanted:
        try:
            resolve_symbol(symbol, listed)
        except UnknownSymbol as error:
            unknown[symbol] = error
    return unknown


def none_of_these(unknown: Mapping[str, UnknownSymbol]) -> UnknownSymbol:
    """What is to be said of all of them together."""
    return UnknownSymbol(f"CANDOR_SYMBOLS cannot be used: {' '.join(error.message for error in unknown.values())}")


def coin_name(symbol: str) -> str:
    """The coin's full name; for a coin Candor has no name for, its ticker."""
    coin = COINS.get(symbol)
    return coin.name if coin else ticker(symbol)
