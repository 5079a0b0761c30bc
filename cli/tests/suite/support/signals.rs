//! The signals of a terminal, for tests that send them. What runs in the background of a script inherits SIGINT as ignored,
//! autogen honours that, and a test that sends it would wait for ever.

/// From here on, what this process starts has SIGINT and SIGHUP as a terminal gives them.
#[allow(unsafe_code, reason = "there is no safe call for a disposition")]
pub(crate) fn as_on_a_terminal() {
    for signal in [libc::SIGINT, libc::SIGHUP] {
        // SAFETY: the default disposition runs no code of ours.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}
