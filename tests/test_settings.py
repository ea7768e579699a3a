"""The environment is read once, and a wrong value is named."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from core.errors import InvalidRequest
from core.settings import PROJECT, Settings, get_settings
from scripts import benchmark, download_candles, train_models


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    import os

    for name in [name for name in os.environ if name.startswith("CANDOR_")]:
        monkeypatch.delenv(name)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def test_a_fresh_clone_needs_no_setting():
    settings = Settings()
    assert settings.market == "auto"
    assert settings.exchange == "binanceusdm"
    assert settings.models_dir == PROJECT / "models"


def test_symbols_are_a_comma_separated_list_in_either_spelling(monkeypatch):
    monkeypatch.setenv("CANDOR_SYMBOLS", "btc, ETHUSDT,,BTC")
    assert Settings().symbols == ("BTCUSDT", "ETHUSDT")


@pytest.mark.parametrize("written", ["BTC ETH", "BTC,ETH", " btc ,\teth ", "BTC, ETH BTC", "BTC;ETH", "BTC，ETH、BTC"])
def test_a_list_may_be_written_with_commas_semicolons_or_spaces(monkeypatch, written):
    monkeypatch.setenv("CANDOR_SYMBOLS", written)
    assert Settings().symbols == ("BTCUSDT", "ETHUSDT")


@pytest.mark.parametrize("written", ["BTC/USDT", "btc-usdt", "BTC_USDT", "BTC-USDT-SWAP", "BTC/USDT:USDT", "BTCUSDT.P"])
def test_symbols_may_be_written_as_exchanges_and_ccxt_do(monkeypatch, written):
    monkeypatch.setenv("CANDOR_SYMBOLS", f"{written}, ETH/USDT")
    assert Settings().symbols == ("BTCUSDT", "ETHUSDT")


@pytest.mark.parametrize("market", ["auto", "exchange", "recorded"])
def test_a_coin_by_the_name_it_gave_up_is_left_to_the_market_which_may_have_it_still(monkeypatch, market):
    monkeypatch.setenv("CANDOR_MARKET", market)
    monkeypatch.setenv("CANDOR_SYMBOLS", "BTC,MATIC/USDT,MKR")
    assert get_settings().symbols == ("BTCUSDT", "MATICUSDT", "MKRUSDT")


def test_an_empty_variable_is_as_good_as_none(monkeypatch):
    monkeypatch.setenv("CANDOR_MARKET", "")
    monkeypatch.setenv("CANDOR_CANDLES_DIR", "")
    assert Settings().market == "auto"
    assert Settings().candles_dir is None


def test_relative_folders_are_made_absolute(monkeypatch):
    monkeypatch.setenv("CANDOR_MODELS_DIR", "elsewhere")
    assert Settings().models_dir == Path.cwd() / "elsewhere"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MARKET", "binance"),
        ("SPEED", "0"),
        ("SPEED", "nan"),
        ("SEED", "-1"),
        ("EXCHANGE_URL", "notaurl"),
        ("SYMBOLS", " , "),
        ("USERS", ","),
        ("USERS", "me"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(monkeypatch, name, value):
    monkeypatch.setenv(f"CANDOR_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_the_home_of_nobody_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setenv("CANDOR_DATA_DIR", "~nobody_of_this_name/data")
    with pytest.raises(InvalidRequest, match=r"^CANDOR_DATA_DIR=.* there is no home folder of that user"):
        get_settings()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:a-secret@host/db",
        "u:a-secret@host",
        "postgresql://u:a-secret@[host/db",
        "postgresql://u:a-secret@host:port/db",
        "postgresql://u:a-secret@host:0/db",
        "postgresql://u:a-@secret@host/db",
    ],
)
def test_an_address_of_a_database_that_cannot_be_is_refused_without_its_password(monkeypatch, url):
    monkeypatch.setenv("CANDOR_DATABASE_URL", url)
    with pytest.raises(
        InvalidRequest, match=r"^CANDOR_DATABASE_URL=\*\*\* cannot be used: (expected an address|.* write %40 for it)"
    ) as error:
        get_settings()
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server_may_be_written_in_any_of_the_usual_ways_and_its_password_is_not_shown(monkeypatch, scheme):
    monkeypatch.setenv("CANDOR_DATABASE_URL", f"{scheme}://u:a-secret@host:5433/db?sslmode=require")
    settings = get_settings()
    assert settings.database_url.get_secret_value() == "postgresql://u:a-secret@host:5433/db?sslmode=require"
    assert "a-secret" not in repr(settings)


@pytest.mark.parametrize("role", ["feeder", "face"])
def test_feeders_and_faces_need_a_server_that_they_share(monkeypatch, role):
    monkeypatch.setenv("CANDOR_ROLE", role)
    with pytest.raises(InvalidRequest, match=rf"^CANDOR_ROLE='{role}' cannot be used: .*set CANDOR_DATABASE_URL"):
        get_settings()
    monkeypatch.setenv("CANDOR_DATABASE_URL", "mysql://u:p@host/db")
    with pytest.raises(InvalidRequest, match=r"^CANDOR_DATABASE_URL=[^\n]*$"):
        get_settings()
    monkeypatch.setenv("CANDOR_DATABASE_URL", "postgresql://u:p@host/db")
    assert get_settings().role == role


def test_settings_cannot_be_changed_after_reading():
    with pytest.raises(ValidationError, match="frozen"):
        Settings().market = "simulated"


def test_every_setting_is_described_in_the_readme():
    readme = (PROJECT / "README.md").read_text()
    for name, field in Settings.model_fields.items():
        assert f"`CANDOR_{name.upper()}`" in readme
        assert field.description


def test_the_settings_of_a_process_name_every_variable_that_is_wrong(monkeypatch):
    monkeypatch.setenv("CANDOR_SPEED", "fast")
    monkeypatch.setenv("CANDOR_MARKET", "moon")
    with pytest.raises(InvalidRequest) as error:
        get_settings()
    assert [line.split(" cannot be used: ")[0] for line in str(error.value).splitlines()] == [
        "CANDOR_MARKET='moon'",
        "CANDOR_SPEED='fast'",
    ]


@pytest.mark.parametrize("script", [train_models, download_candles, benchmark])
def test_a_script_that_finds_a_wrong_setting_says_so_and_fails(script, monkeypatch, capsys):
    monkeypatch.setenv("CANDOR_SPEED", "fast")
    monkeypatch.setattr("sys.argv", ["script"])
    try:
        status = script.main()
    except SystemExit as ended:
        status = ended.code
    assert status
    assert "CANDOR_SPEED='fast' cannot be used" in capsys.readouterr().err


def test_downloads_go_where_run_time_data_go(monkeypatch, tmp_path):
    monkeypatch.setenv("CANDOR_DATA_DIR", str(tmp_path))
    assert download_candles._parser().parse_args([]).out == tmp_path / "candles"
