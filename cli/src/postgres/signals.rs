//! What Ctrl-C, a terminal that closes and a polite kill do. The handler runs on a thread of its own, so it may lock,
//! allocate and connect; a signal that the parent wanted ignored, as nohup does, stays ignored.

use std::io::{ErrorKind, Read};
use std::os::unix::net::UnixStream;

/// What a shell reports for a command that Ctrl-C has ended.
pub(crate) const EXIT_CODE: u8 = 130;

/// Calls the handler once for every signal from now on.
pub(crate) fn watch(mut handler: impl FnMut() + Send + 'static) {
    let Ok((mut read, write)) = UnixStream::pair() else { return };
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        if is_ignored(signal) {
            continue;
        }
        if let Ok(write) = write.try_clone() {
            let _ = signal_hook::low_level::pipe::register(signal, write);
        }
    }
    let _ = std::thread::Builder::new().name("signals".into()).spawn(move || {
        // Keeps one end open, so that a read waits instead of seeing the end of the stream.
        let _write = write;
        let mut byte = [0];
        loop {
            match read.read_exact(&mut byte) {
                Ok(()) => handler(),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    });
}

/// Ends the process at once. Not std's exit: the other threads are still at work.
pub(crate) fn exit() -> ! {
    signal_hook::low_level::exit(i32::from(EXIT_CODE))
}

#[allow(unsafe_code)]
fn is_ignored(signal: libc::c_int) -> bool {
    // SAFETY: a zeroed sigaction is a valid value for the kernel to overwrite, and a null new action only asks.
    unsafe {
        let mut old: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &mut old) == 0 && old.sa_sigaction == libc::SIG_IGN
    }
}
