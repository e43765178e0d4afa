"""Deploys carry commits; what changed is compared with what broke; what lies outside is said."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from anomaly_hunter.investigate.agents.change_detective import ChangeDetective
from anomaly_hunter.investigate.beginnings import beginning
from anomaly_hunter.investigate.changes import changes, end_of, files_of, kind_weight
from anomaly_hunter.investigate.content import names_in, overlap, symptoms, words_in
from anomaly_hunter.investigate.effects import effect_of
from anomaly_hunter.investigate.outside import none_weight, outside_signs
from anomaly_hunter.investigate.signatures import SIGNATURES
from anomaly_hunter.investigate.suspects import named_suspect, suspects
from anomaly_hunter.model import Event
from tests.investigate.cases import verdict_of
from tests.investigate.incidents import (
    BROKEN_LINES,
    ONSET,
    N,
    broken,
    change,
    incident,
    minute,
    minutely,
    stepping,
    usual,
)
from tests.investigate.making import steady

SHA = "0123456789abcdef0123456789abcdef01234567"
OTHER = "89abcdef0123456789abcdef0123456789abcdef"
DIFF = "@@ svc/cart/voucher.go @@\n func x() {\n-\tif voucher == nil {\n+\tvoucher.redeem()\n }"
BROKEN = BROKEN_LINES


def commit(before, title, sha=SHA, **labels):
    return change(before, title, "", "commit", sha=sha, **labels)


def deploy(before, sha=SHA, service="cart", title="cart v2"):
    return change(before, title, service, commit_sha=sha)


# ------------------------------------------------------------ what a change is


def test_a_commit_that_a_deploy_names_is_a_part_of_that_deploy():
    [found] = changes((commit(9, "fix: voucher", diff=DIFF), deploy(2)))
    assert found.event.kind == "deploy"
    assert [c.title for c in found.commits] == ["fix: voucher"]
    assert "redeem" in found.text
    assert "func" not in found.text  # a line of the diff that did not change


def test_a_deploy_is_worth_what_the_commit_that_it_carries_is_worth():
    docs, code = (
        changes((commit(9, "x", files_changed=f'["{file}"]'), deploy(2)))[0].kind
        for file in ("docs/a.md", "svc/a.go")
    )
    assert docs < 0.1 < code


def test_a_commit_that_no_deploy_names_is_not_known_to_be_live_where_deploys_name_commits():
    lone = commit(5, "feat: voucher", sha=OTHER)
    assert changes((lone,))[0].kind == 1.0
    assert changes((lone, commit(9, "x"), deploy(2)))[-1].kind < 0.1


def test_a_bumped_dependency_brings_in_the_commit_of_that_package_and_no_other():
    bump = commit(9, "bump", files_changed='["go.mod"]', diff="@@ go.mod @@\n+\tgithub.com/acme/pkg/money v2")
    inside = commit(20, "money: round", sha=OTHER, files_changed='["pkg/money/round.go"]')
    elsewhere = commit(21, "logs", sha=OTHER[::-1], files_changed='["svc/money/log.go"]')
    found = {c.event.title: c for c in changes((elsewhere, inside, bump, deploy(2)))}
    assert found["money: round"].live.title == "cart v2"
    assert found["money: round"].kind > 0.5
    assert found["logs"].live.title == "logs"


@pytest.mark.parametrize(
    ("title", "files", "weight"),
    [
        ("anything", ("README.md", "docs/x.png"), 0.05),
        ("anything", ("pkg/a_test.go", "web/site.css"), 0.05),
        ("anything", ("go.mod", "go.sum"), 0.2),
        ("anything", ("requirements-dev.txt",), 0.2),
        ("tidy docs", ("pkg/pool.go",), 1.0),
        ("revert: pool", (), 0.3),
        ("restyle the box", (), 0.05),
    ],
)
def test_files_say_what_kind_of_change_it_is_before_titles_do(title, files, weight):
    assert kind_weight("commit", title, files) == weight


@pytest.mark.parametrize(
    ("label", "files"),
    [
        ('["a.go", "b.go"]', ("a.go", "b.go")),
        ('[{"filename": "a.go"}, 5]', ("a.go",)),
        ("a.go, b.go", ("a.go", "b.go")),
        ("[broken", ()),
    ],
)
def test_paths_are_read_however_they_are_written(label, files):
    assert files_of(change(1, files_changed=label)) == files


# ------------------------------------------------------------ what broke


def test_the_change_that_speaks_of_what_broke_is_named_among_two_deploys():
    events = (
        commit(9, "refactor: vouchers", diff=DIFF), deploy(4),
        commit(8, "refactor: banner", sha=OTHER, diff="@@ a @@\n+banner colour"),
        deploy(2, OTHER, title="cart v3"),
    )  # fmt: skip
    case = incident(*events, lines=[*usual(), *BROKEN])
    assert named_suspect(case).event.title == "cart v2"
    assert {"voucher", "redeem"} <= set(suspects(case)[0].shared)
    assert "speaks of" in case.changed_before()[1].statement
    assert verdict_of(case).cause.name == "cart v2"


def test_without_logs_two_deploys_stand_side_by_side():
    case = incident(deploy(4), deploy(2, OTHER, title="cart v3"))
    assert named_suspect(case) is None
    assert len(suspects(case)) == 2


def test_two_deploys_that_speak_of_it_alike_stand_side_by_side():
    events = (commit(9, "a", diff=DIFF), deploy(4), commit(8, "b", sha=OTHER, diff=DIFF), deploy(2, OTHER))
    case = incident(*events, lines=[*usual(), *BROKEN])
    assert named_suspect(case) is None
    assert verdict_of(case).cause is None or verdict_of(case).cause.kind != "event"


def test_a_lone_change_that_speaks_of_something_else_is_a_candidate_only():
    case = incident(commit(8, "banner", diff="@@ a @@\n+banner colour"), deploy(2), lines=[*usual(), *BROKEN])
    assert suspects(case)[0].share > 0.4
    assert named_suspect(case) is None


def test_an_event_given_twice_counts_once():
    one = incident(deploy(2))
    assert [s.share for s in suspects(incident(deploy(2), deploy(2)))] == [s.share for s in suspects(one)]


def test_events_without_a_time_or_from_the_future_do_no_harm():
    never = Event(np.datetime64("NaT", "ns"), "deploy", "never", "cart")
    future = Event(np.datetime64("2200-01-01", "ns"), "deploy", "future", "cart")
    found = suspects(incident(deploy(2), never, future))
    assert [s.event.title for s in found] == ["cart v2"]


def test_words_of_one_name_are_one_piece_of_evidence():
    assert names_in("PlaceOrder db_pool") == (("place", "order"), ("pool",))
    case = incident(lines=[*usual(), *broken("PlaceOrder lost"), *broken("basket wiped")])
    known = symptoms(case, ["PlaceOrder handler", "place basket", "x", "y"])
    assert overlap("PlaceOrder tidy", known).value < overlap("place basket", known).value


def test_names_of_services_are_no_content():
    case = incident(lines=[*usual(), *broken("cart lost")])
    assert "cart" not in symptoms(case, ["cart"]).weight


def test_common_words_of_code_say_nothing():
    assert words_in("func returns error string of the server") == ()


# ------------------------------------------------------------ what the service did


def test_a_step_right_after_a_change_is_an_effect_and_none_at_other_times():
    case = incident()
    effect, quiet = (effect_of(case, "cart", minute(m)) for m in (120, 60))
    assert effect.delta > 0.9
    assert effect.placebo_p < 0.05
    assert quiet.placebo_p > 0.1
    assert effect_of(case, "nobody", minute(120)).metric == ""


def test_a_change_after_which_nothing_happened_counts_half():
    old, new = change(70, "old"), change(70, "old", "unmeasured")
    found = {s.event.service: s for s in suspects(incident(old, new))}
    assert found["cart"].screen in (0.5, 1.0)
    assert found["unmeasured"].screen == 1.0


# ------------------------------------------------------------ when it began


def leak():
    value = steady(N)
    value[30:120] += np.arange(90) * 2.0
    value[120:] = 50.0
    return minutely(value, "memory_rss_mb")


def test_a_leak_that_ends_in_a_restart_began_at_its_bend():
    begun = beginning(incident(series=[leak()]))
    assert begun.trend == "memory_rss_mb{service=cart}"
    assert begun.earliest <= minute(30) <= begun.latest < minute(60)


def test_the_deploy_before_a_leak_is_named_and_not_the_one_before_the_crash():
    events = (change(92, "v1"), change(3, "v2"))
    case = incident(*events, series=[leak()])
    assert [s.event.title for s in suspects(case)] == ["v1"]


def test_what_does_not_fill_up_moves_no_onset():
    begun = beginning(incident(series=[minutely(steady(N), "memory_rss_mb"), leak()][:1]))
    assert begun.trend == ""


def test_a_sawtooth_that_was_emptied_long_before_is_no_beginning():
    value = steady(N)
    value[10:90] += np.arange(80) * 2.0  # the garbage was collected half an hour before
    event = change(2, "v2")
    case = incident(event, series=[minutely(value, "memory_rss_mb")])
    assert beginning(case).trend == ""
    assert [s.event for s in suspects(case)] == [event]


def test_of_several_trends_the_one_that_moved_furthest_counts():
    slight = steady(N)
    slight[10:120] += np.arange(110) * 0.1
    begun = beginning(incident(series=[minutely(slight, "heap_used_mb"), leak()]))
    assert begun.trend == "memory_rss_mb{service=cart}"


def test_a_caller_with_a_resource_at_fault_is_nearer_than_one_that_only_suffers():
    value = steady(N, level=90.0)
    value[118:] -= 40
    cache = minutely(value, "cache_hit_ratio", "shop")
    event = change(3, "ttl", "shop")
    near, far = (
        suspects(incident(event, series=series, graph=(("shop", "cart"),)))[0].distance
        for series in ([cache], [])
    )
    assert (near, far) == (0.7, 0.4)


# ------------------------------------------------------------ what lies outside


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (
            "tls: failed to verify: x509: certificate has expired or is not yet valid",
            "an expired certificate",
        ),
        ("dial tcp: lookup db.internal: no such host", "names that do not resolve"),
        (
            "GET https://api.acme-pay.com/v1/charges: 503 Service Unavailable",
            "an outside provider that fails",
        ),
        ("Quota exceeded for project", "a quota or rate limit"),
        ("oauth token has expired", "credentials or a licence that ran out"),
        ("EXT4-fs error: Input/output error", "hardware or the host"),
        ("write /var/lib: no space left on device", "a full disk"),
        ("connect: no route to host", "the network"),
        ("dial tcp 10.0.0.4:5432: connect: connection refused", "a peer that does not answer"),
    ],
)
def test_signatures_know_what_lies_outside(line, name):
    assert name in {s.name for s in SIGNATURES if s.pattern.search(line)}
    assert not [s.name for s in SIGNATURES if s.pattern.search("panic: nil pointer in voucher.go:17")]


def test_an_expired_certificate_is_the_answer_and_a_deploy_at_that_moment_is_not():
    lines = [*usual(), *broken("handshake with pay failed: x509: certificate has expired")]
    case = incident(commit(8, "banner", diff="@@ a @@\n+banner colour"), deploy(1), lines=lines)
    finding = asyncio.run(ChangeDetective().investigate(case))
    assert (finding.cause.kind, finding.cause.name) == ("external", "an expired certificate")
    assert finding.claim.count("no recorded change explains it") == 1
    assert all(name in case.answered() for name in finding.cause.evidence)
    assert verdict_of(case).cause.kind == "external"


def test_an_expired_certificate_that_was_there_all_along_says_nothing():
    lines = [*usual(), *broken("x509: certificate has expired", since=0)]
    assert outside_signs(incident(lines=lines)) == ()


def test_a_provider_that_reports_trouble_is_a_sign_and_one_that_is_well_is_none():
    ill = Event(minute(119), "status", "Increased error rates", "Storage", {"status": "degraded"})
    well = Event(minute(119), "status", "All good", "Storage", {"status": "operating-normally"})
    long_ago = Event(minute(2), "status", "Increased error rates", "Storage", {"status": "degraded"})
    assert [s.name for s in outside_signs(incident(ill))] == ["Increased error rates (Storage)"]
    assert outside_signs(incident(well, long_ago)) == ()
    assert none_weight(incident(ill)) > 0.9 > none_weight(incident(well))
    assert suspects(incident(ill)) == ()


def test_of_a_refused_connection_alone_nothing_is_concluded():
    case = incident(deploy(1), lines=[*usual(), *broken("connect: connection refused")])
    finding = asyncio.run(ChangeDetective().investigate(case))
    assert finding.cause is None or finding.cause.kind != "external"


# ------------------------------------------------------------ logs as evidence


def test_new_and_surging_lines_are_evidence_with_counts_and_an_example():
    lines = [
        *usual(),
        *BROKEN,
        *broken("slow lookup of 7", level="WARN", since=0)[::8],
        *broken("slow lookup of 9", level="WARN"),
    ]
    new, surging = incident(lines=lines).logs()
    assert new.numbers["new"] is True
    assert (new.numbers["before"], new.numbers["after"]) == (0, 80)
    assert "never before" in new.statement
    assert surging.numbers["before"] == 30
    assert "times the rate" in surging.statement


def test_lines_as_usual_are_no_evidence():
    assert incident(lines=usual()).logs() == ()
    assert incident().logs() == ()


def test_logs_of_another_time_are_no_evidence():
    later = [line.replace("2026-03", "2026-09") for line in BROKEN]
    assert incident(lines=later).logs() == ()


def test_the_verdict_with_logs_holds_the_lines_it_rests_on():
    case = incident(deploy(2), lines=[*usual(), *BROKEN], series=[stepping("latency_ms", seed=3)])
    verdict = verdict_of(case)
    assert set().union(*(f.evidence for f in verdict.findings)) <= set(case.answered())


@pytest.mark.parametrize(
    ("title", "harmless"),
    [("load comments eagerly", False), ("copy the address of the buyer", False), ("test: more cases", True),
     ("add tests for vouchers", True), ("style(web): margins", True), ("A/B test of checkout", False)],
)  # fmt: skip
def test_a_word_such_as_test_or_comment_makes_a_change_harmless_only_where_it_is_what_changed(
    title, harmless
):
    assert (kind_weight("deploy", title) < 0.1) == harmless


def test_the_message_of_a_deploy_says_what_it_is():
    (found,) = changes([change(3, "cart v9", commit_message="README: how to redeem")])
    assert found.kind < 0.1


def test_an_event_without_a_service_lies_where_its_title_says():
    named, other = (
        suspects(incident(change(3, title, service="", kind="network")))[0]
        for title in ("tighten firewall around cart", "tighten firewall rules")
    )
    assert named.distance == 1.0
    assert other.distance == 0.5


def test_a_service_that_nobody_measures_counts_where_log_lines_complain_of_it():
    graph = (("web", "cart"),)
    event = change(3, "v9", service="gift-archive")
    silent = suspects(incident(event, lines=usual(), graph=graph))[0]
    lines = [*usual(), *broken("gift-archive answered with an unexpected body")]
    named = suspects(incident(event, lines=lines, graph=graph))[0]
    assert (silent.distance, named.distance) == (0.3, 0.9)


def test_what_lines_of_the_service_complain_of_is_near_and_what_its_callers_write_says_nothing():
    event = change(3, "v9", service="gift-base")
    measured = minutely(steady(N), "cpu_percent", "gift-base")
    graph = (("web", "cart"), ("web", "gift-base"))
    mine, theirs = (
        suspects(
            incident(event, series=[measured], lines=[*usual(), *broken("gift-base reset", by)], graph=graph)
        )[0].distance
        for by in ("cart", "web")
    )
    assert (mine, theirs) == (0.9, 0.15)


def test_a_restart_explains_the_connections_that_are_reset():
    lines = [*usual(), *broken("gift-base: connection reset by peer, attempt 7")]
    restart = change(3, "restart gift-base", "gift-base", "maintenance")
    case = incident(restart, change(2, "v7", commit_message="gift: log how long it takes"), lines=lines,
                    graph=(("cart", "gift-base"),))  # fmt: skip
    assert named_suspect(case).event is restart


def test_a_scaling_explains_full_queues_only_where_it_is_downwards():
    lines = [*usual(), *broken("worker queue is full, gift waits")]
    down, up = (
        suspects(incident(change(3, title, kind="scaling"), lines=lines))[0].content
        for title in ("cart from 12 to 3 replicas", "cart from 3 to 12 replicas")
    )
    assert down > 0.5 > up


def test_a_bumped_library_that_the_log_lines_name_counts_as_any_change_of_code():
    lines = [*usual(), *broken("acme-gift-kit: unsupported layout")]
    bump = lambda name: change(3, "v9", commit_message=f"bump {name} from 3.9.2 to 4.0.0")  # noqa: E731
    named, other = (suspects(incident(bump(name), lines=lines))[0] for name in ("acme-gift-kit", "tinycolor"))
    assert [named.kind, other.kind] == pytest.approx([1.0, 0.2])


def test_a_rotated_certificate_explains_handshakes_that_fail():
    lines = [*usual(), *broken("handshake with cart failed: certificate signed by unknown authority")]
    rotated = change(6, "rotated the certificate of cart", kind="certificate")
    deployed = change(6, "v7")
    assert none_weight(incident(rotated, lines=lines)) < 0.2 < none_weight(incident(deployed, lines=lines))


def test_a_campaign_counts_where_traffic_rose_and_hardly_elsewhere():
    event = change(3, "summer sale", service="", kind="campaign")
    calm = minutely(steady(N, 900.0, 5.0), "requests")
    risen = stepping("requests", height=300.0)
    (less,), (more,) = (suspects(incident(event, series=(traffic,))) for traffic in (calm, risen))
    assert more.score == pytest.approx(more.time)
    assert less.score < 0.2 * more.score


def test_a_campaign_is_named_before_a_deploy_of_which_only_the_version_is_known():
    sale = change(3, "summer sale", service="", kind="campaign")
    case = incident(sale, change(9), series=(stepping("requests", height=300.0),),
                    lines=[*usual(), *broken("accept queue is 40 deep")])  # fmt: skip
    assert named_suspect(case).event is sale


def test_what_lasts_until_the_onset_counts_half_however_long_ago_it_began():
    began = change(300, "maintenance", kind="maintenance")
    until = lambda m: replace(began, labels={"end_time": f"{minute(ONSET - m)}Z"})  # noqa: E731
    lasting, over, open_end = (suspects(incident(e))[0].time for e in (until(-9), until(200), began))
    assert lasting == pytest.approx(0.5)
    assert over < 0.1
    assert open_end < over + 0.1


@pytest.mark.parametrize(
    ("text", "end"),
    [("2026-03-01T10:00:00Z", "2026-03-01T10:00"), ("2026-03-01 12:00:00+02:00", "2026-03-01T10:00"),
     ("2026-03-01T10:00", "2026-03-01T10:00"), ("soon", None), ("2026-99-01T10:00", None)],
)  # fmt: skip
def test_the_end_of_what_lasts_is_read_with_its_zone(text, end):
    assert end_of(change(3, end_time=text)) == (np.datetime64(end, "ns") if end else None)


def test_names_of_languages_are_no_content():
    assert words_in("voucher/Redeemer.java VoucherRedeemer.ts") == ("voucher", "redeemer")
