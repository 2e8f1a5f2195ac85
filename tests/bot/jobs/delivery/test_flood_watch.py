"""Whether a "Too Many Requests" concerns one chat or the whole bot. Pure."""

from bot.jobs.delivery.waits import FIRST_REST_SECONDS, LONGEST_REST_SECONDS, FloodWatch

AN, BINH = 1, 2
LONG = 43_837  # seconds


def test_a_chat_that_is_refused_again_says_nothing_about_the_others() -> None:
    watch = FloodWatch()
    for seconds in (1, 2, 4):
        watch.begin(AN)
        assert watch.refuse(AN, seconds) == 0
    watch.begin(BINH)
    assert watch.has_probe([BINH])
    assert watch.refuse(BINH, LONG) == 4, "no longer than the shortest wait"
    watch.begin(3)
    assert not watch.has_probe([]), "a probe that was called off is none"
    assert watch.accept()
    assert not watch.is_probing


def test_each_probe_that_is_refused_too_doubles_the_rest_of_the_bot() -> None:
    watch, rests = FloodWatch(), []
    for chat in range(1, 8):
        watch.begin(chat)
        rests.append(watch.refuse(chat, LONG))
    assert rests == [0, 60, 120, 240, 480, 900, 900]
    assert (rests[1], rests[-1]) == (FIRST_REST_SECONDS, LONGEST_REST_SECONDS)


def test_a_process_that_takes_over_probes_and_doubles_the_rest_that_it_found() -> None:
    watch = FloodWatch()
    watch.resume()
    assert watch.is_probing
    watch.begin(AN)
    assert watch.refuse(AN, LONG) == 2 * FIRST_REST_SECONDS


def test_only_the_probe_tells_of_other_chats_and_only_while_it_is_under_way() -> None:
    watch = FloodWatch()
    watch.begin(AN)
    watch.begin(BINH)
    assert not watch.has_probe([AN, BINH]), "nothing was refused yet"
    assert watch.refuse(AN, LONG) == watch.refuse(BINH, LONG) == 0, "both were under way already"
    watch.begin(3)
    watch.end(3)
    assert not watch.has_probe([3])
    assert watch.refuse(3, LONG) == 0
    assert not watch.accept(), "the bot did not rest"
    assert not watch.is_probing
