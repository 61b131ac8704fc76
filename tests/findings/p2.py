FINDINGS = {
    "I1": "test_silence.TestTestMode.test_what_is_done_in_test_mode_is_never_sent",
}
