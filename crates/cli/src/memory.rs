//! How the program has its memory from the system.

/// The bytes of a list from which it has its memory to itself.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: std::ffi::c_int = 1 << 20;

/// Sees to it that a large list is given back to the system as soon as nobody needs it.
///
/// The GNU C library would soon put lists of up to 32 MB among small things that stay, and keep the room when they go. A run of a whole
/// country then holds a hundred megabytes more.
///
/// # Source
/// `M_MMAP_THRESHOLD` in mallopt(3), <https://man7.org/linux/man-pages/man3/mallopt.3.html>.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the C library is told a number, before there is a second thread")]
pub(crate) fn give_back_what_is_large() {
    // SAFETY: the call changes a setting of the allocator and nothing else. Where it is refused, all is as before.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
    }
}

/// Other allocators do so by themselves, or cannot be told.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) const fn give_back_what_is_large() {}
