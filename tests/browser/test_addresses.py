"""What of an address cannot be read, as a browser shows it and takes it away."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_a_line_is_gone_once_the_address_can_be_read_and_back_where_it_cannot(shared_page: Page, server: str) -> None:
    page = shared_page
    page.goto(f"{server}/timeframes?order=banana&watch=%21%21")
    lines = page.locator(".problems li")
    expect(lines).to_have_count(2)
    page.get_by_role("columnheader", name="Coin").get_by_role("button").click()
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("The address asks for watch=!!.")
    lines.get_by_role("button", name="Remove it").click()
    expect(page).to_have_url(f"{server}/timeframes?order=coin")
    expect(lines).to_have_count(0)
    page.go_back()
    expect(lines).to_have_count(2)


def test_what_is_left_of_several_values_is_kept(shared_page: Page, server: str) -> None:
    page = shared_page
    page.goto(f"{server}/model_quality?timeframe=15m,9m")
    page.get_by_role("button", name="Remove it").click()
    expect(page).to_have_url(f"{server}/model_quality?timeframe=15m")
    expect(page.locator(".problems li")).to_have_count(0)


def test_a_page_that_there_is_not_is_named_on_the_first(shared_page: Page, server: str) -> None:
    page = shared_page
    page.goto(f"{server}/coins")
    expect(page.locator(".problems li")).to_contain_text("There is no page 'coins'. Did you mean coin?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Remove it").click()
    expect(page).to_have_url(f"{server}/")
    page.goto(f"{server}/coin/BTCUSDT")
    expect(page.locator(".problems li")).to_contain_text("There is no page 'coin/BTCUSDT'. Did you mean coin?")
