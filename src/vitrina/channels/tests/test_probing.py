"""What a marketplace says of a connection's credentials, over real HTTP, kept in the row by a job."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.utils import timezone

from vitrina.accounts.models import Seller, User
from vitrina.channels import connecting, probing
from vitrina.channels.models import Connection
from vitrina.channels.tests import small
from vitrina.channels.tests.conftest import GIVEN, TOKEN
from vitrina.channels.tests.loopback import Loopback, Said
from vitrina.jobs.models import Job
from vitrina.jobs.schedule import rules, run_now

pytestmark = pytest.mark.django_db(transaction=True)

OTHER = {"shop": "12345", "token": "another-key-of-small-market"}


def read() -> Connection:
    return Connection.objects.get()


def the_job() -> Job:
    return Job.objects.filter(kind=probing.PROBE).latest("pk")


def test_what_the_credentials_open_is_kept(connection: Connection, loopback: Loopback, work: Any) -> None:
    loopback.script = lambda said: said.answer(
        200,
        small.opens(
            review=["open", ""], question=["needs_plan", "Premium Plus"], chat=["needs_right", "Chat"]
        ),
    )
    work()
    assert read().access == {
        "review": {"state": "open", "needs": ""},
        "question": {"state": "needs_plan", "needs": "Premium Plus"},
        "chat": {"state": "needs_right", "needs": "Chat"},
    }
    assert read().name == "Шляпная лавка"
    expires_at = read().expires_at
    assert expires_at is not None
    assert timedelta(days=99) < expires_at - timezone.now() < timedelta(days=101)
    assert read().probed_at is not None
    assert read().trouble == ""
    assert the_job().state == "done"
    assert [came.headers["authorization"] for came in loopback.came] == [TOKEN]


def test_a_plan_that_does_not_have_it_is_a_state_and_no_trouble(
    connection: Connection, loopback: Loopback, work: Any
) -> None:
    loopback.script = lambda said: said.answer(403, {})
    work()
    closed = {"state": "needs_plan", "needs": "Big Plan"}
    assert read().access == {"review": closed, "chat": closed}
    assert (read().trouble, read().trouble_kind) == ("", "")
    assert the_job().state == "done"


def test_refused_credentials_are_trouble_that_says_nothing_of_them_and_is_not_tried_again(
    connection: Connection, loopback: Loopback, work: Any
) -> None:
    work()
    loopback.script = lambda said: said.answer(401, {"you sent": said.came.headers["authorization"]})
    probing.probe_later(read(), by=None)
    work()
    assert read().trouble_kind == "credentials"
    assert "you sent" in read().trouble
    assert TOKEN not in read().trouble
    assert TOKEN not in str(list(Job.objects.values()))
    # What was known of the doors stays until somebody knows better.
    assert read().access == {"review": {"state": "open", "needs": ""}}
    assert the_job().state == "done"
    assert len(loopback.came) == 2


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [(503, {}, "unavailable"), (429, {"Retry_After": "40"}, "throttled")],
)
def test_what_may_pass_is_tried_again_and_never_ends_among_the_failed(
    status: int, headers: dict[str, str], kind: str, connection: Connection, loopback: Loopback, work: Any
) -> None:
    loopback.script = lambda said: said.answer(status, {}, **headers)
    work()
    job = the_job()
    assert job.state == "queued"
    assert job.run_at > timezone.now() + timedelta(seconds=20)
    assert read().trouble_kind == kind
    for _ in range(3):
        Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
        work()
    assert the_job().state == "done"
    assert the_job().result == {"trouble": kind}


def test_an_answer_that_nobody_understands_is_trouble(
    connection: Connection, loopback: Loopback, work: Any
) -> None:
    loopback.script = lambda said: said.answer(200, b"<html>maintenance</html>")
    work()
    assert read().trouble_kind == "unreadable"


def test_trouble_is_gone_after_a_look_that_went_well(connection: Connection, work: Any) -> None:
    Connection.objects.update(trouble="x", trouble_kind="refused")
    work()
    assert (read().trouble, read().trouble_kind) == ("", "")


def test_no_transaction_is_open_while_the_marketplace_is_asked(
    connection: Connection, loopback: Loopback, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    ask = small.SmallChannel.probe

    def watched(self: small.SmallChannel) -> Any:
        seen.append(database.in_atomic_block)
        return ask(self)

    monkeypatch.setattr(small.SmallChannel, "probe", watched)
    work()
    assert seen == [False]


def test_a_look_with_credentials_that_were_changed_meanwhile_writes_nothing(
    connection: Connection, loopback: Loopback, alice: User
) -> None:
    def changed(said: Said) -> None:
        Connection.objects.filter(pk=connection.pk).update(credentials="other", name="другая")
        said.answer(200, small.opens())

    loopback.script = changed
    assert probing.probe(read()) is None
    assert (read().name, read().access, read().probed_at) == ("другая", {}, None)

    def refused(said: Said) -> None:
        Connection.objects.filter(pk=connection.pk).update(credentials="yet another")
        said.answer(401, {})

    connecting.change_credentials(read(), GIVEN, by=alice)
    loopback.script = refused
    assert probing.probe(read()) is None
    assert read().trouble == ""


def test_new_credentials_are_looked_at_even_when_they_come_during_a_look(
    connection: Connection, loopback: Loopback, work: Any
) -> None:
    def changed(said: Said) -> None:
        if said.came.headers["authorization"] == TOKEN:
            connecting.change_credentials(read(), OTHER, by=None)
        said.answer(200, small.opens(chat=["open", said.came.headers["authorization"][:7]]))

    loopback.script = changed
    work()
    assert [came.headers["authorization"] for came in loopback.came] == [TOKEN, OTHER["token"]]
    assert read().access == {"chat": {"state": "open", "needs": "another"}}


def test_what_is_off_or_disconnected_is_not_asked(
    connection: Connection, loopback: Loopback, work: Any
) -> None:
    connecting.switch_off(connection, by=None)
    work()
    assert the_job().state == "cancelled"
    connecting.disconnect(connection, by=None)
    probing.probe_later(connection, by=None)
    work()
    assert loopback.came == []


def test_every_connection_that_is_on_is_asked_once_a_day(
    connection: Connection, market: Any, other_seller: Seller, loopback: Loopback, work: Any
) -> None:
    off = connecting.connect(other_seller, market, OTHER, by=None)
    work()
    connecting.switch_off(off, by=None)
    loopback.came.clear()
    assert str(rules["channels.probe_all"]).startswith("Daily")
    run_now("channels.probe_all")
    work()
    assert [came.headers["authorization"] for came in loopback.came] == [TOKEN]


def test_a_marketplace_that_nobody_knows_and_credentials_that_do_not_open_are_trouble_in_the_row(
    connection: Connection, loopback: Loopback, work: Any
) -> None:
    Connection.objects.update(credentials="1.nobody.x")
    work()
    assert read().trouble_kind == "credentials"
    Connection.objects.update(platform="closed-down")
    probing.probe_later(read(), by=None)
    work()
    assert read().trouble_kind == "unknown_platform"
    assert loopback.came == []
