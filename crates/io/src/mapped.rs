//! A file as memory: its bytes are there when they are looked at, and shared with others who look at the same file.

use std::{fs::File, io, sync::Arc};

use memmap2::Mmap;
use nittio_core::index::Bytes;

/// The bytes of a file, mapped into memory.
///
/// # Errors
/// When the system cannot map it.
#[expect(unsafe_code, reason = "the system cannot promise that nobody changes a file that is mapped")]
pub(crate) fn map(file: &File) -> io::Result<Bytes> {
    // SAFETY: the bytes must not change as long as the map is there, and no system can promise that. nittio never
    // changes an index file in place: it writes a new one beside it and renames it, and a map of the old one keeps the
    // old one's bytes. If another program writes into the file all the same, numbers change under our hands: the file
    // is only ever read as numbers, of which every pattern of bits is one, through bounds that are checked, so a figure
    // may be wrong or the run end with a panic, but no memory is harmed. If another program cuts the file short, the
    // system ends the run (SIGBUS). Whatever was changed before is found out: the checksum is compared after mapping.
    let map = unsafe { Mmap::map(file)? };
    Ok(Arc::new(map))
}
