//! The encoding of text files: found out, and turned into UTF-8 while streaming.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, WINDOWS_1252};

use super::{ReadError, detect};

/// Bytes read at a time.
const CHUNK: usize = 1 << 16;

/// The encoding called `label`, as web pages and the study file call them.
pub(super) fn named(path: &Path, label: &str) -> Result<&'static Encoding, ReadError> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| {
        ReadError::unreadable(
            path,
            format!(
                "the encoding {label:?} is unknown; known are utf-8, windows-1252, iso-8859-1, utf-16le and others"
            ),
        )
    })
}

/// Opens a text file as UTF-8 without a byte order mark, and says which encoding it has.
///
/// A byte order mark decides; then `label`, if the caller knows better; then UTF-8 if the whole file is valid UTF-8;
/// else Windows-1252, of which ISO 8859-1 is a part.
pub(super) fn open(path: &Path, label: Option<&str>) -> Result<Box<dyn Read>, ReadError> {
    let failed = |e: io::Error| ReadError::unreadable(path, detect::in_words(&e));
    let asked = label.map(|l| named(path, l)).transpose()?;
    let mut file = detect::open(path)?;
    let mut start = Vec::new();
    Read::by_ref(&mut file).take(3).read_to_end(&mut start).map_err(failed)?;
    let marked = Encoding::for_bom(&start);
    let encoding = match (marked, asked) {
        (Some((encoding, _)), _) => encoding,
        (None, Some(encoding)) => encoding,
        (None, None) if is_utf8(path).map_err(failed)? => UTF_8,
        (None, None) => WINDOWS_1252,
    };
    let mark = marked.map_or(0, |(_, length)| length);
    let rest = io::Cursor::new(start.split_off(mark)).chain(file);
    Ok(if encoding == UTF_8 { Box::new(rest) } else { Box::new(Transcoder::new(rest, encoding)) })
}

fn is_utf8(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; CHUNK];
    let mut kept = 0;
    loop {
        let n = file.read(&mut buffer[kept..])?;
        if n == 0 {
            return Ok(kept == 0);
        }
        let filled = kept + n;
        let valid = Encoding::utf8_valid_up_to(&buffer[..filled]);
        // Up to three bytes may belong to a character that the next chunk completes.
        if filled - valid > 3 {
            return Ok(false);
        }
        buffer.copy_within(valid..filled, 0);
        kept = filled - valid;
    }
}

/// Reads text of another encoding as UTF-8.
struct Transcoder<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    /// The part of `input` that is still to be decoded.
    pending: std::ops::Range<usize>,
    output: Vec<u8>,
    /// The part of `output` that is still to be handed on.
    ready: std::ops::Range<usize>,
    ended: bool,
    /// Whether the decoder has given its last character; it must not be asked again.
    finished: bool,
}

impl<R: Read> Transcoder<R> {
    fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_without_bom_handling(),
            input: vec![0; CHUNK],
            pending: 0..0,
            output: vec![0; CHUNK],
            ready: 0..0,
            ended: false,
            finished: false,
        }
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.ready.is_empty() && !self.finished {
            if self.pending.is_empty() && !self.ended {
                let n = self.inner.read(&mut self.input)?;
                self.pending = 0..n;
                self.ended = n == 0;
            }
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(&self.input[self.pending.clone()], &mut self.output, self.ended);
            self.pending.start += read;
            self.ready = 0..written;
            self.finished = self.ended && result == CoderResult::InputEmpty;
        }
        let n = self.ready.len().min(out.len());
        out[..n].copy_from_slice(&self.output[self.ready.start..self.ready.start + n]);
        self.ready.start += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Read};

    fn read(bytes: &[u8], label: Option<&str>) -> String {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        fs::write(&path, bytes).unwrap();
        let mut text = String::new();
        super::open(&path, label).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn utf8_windows_1252_and_utf16_are_told_apart() {
        assert_eq!(read("Jönköping".as_bytes(), None), "Jönköping");
        assert_eq!(read(b"\xef\xbb\xbfJ\xc3\xb6nk\xc3\xb6ping", None), "Jönköping");
        assert_eq!(read(b"J\xf6nk\xf6ping \x96 \x80", None), "Jönköping – €");
        assert_eq!(read(b"\xff\xfeJ\x00\xf6\x00", None), "Jö");
        assert_eq!(read(b"\xfe\xff\x00J\x00\xf6", None), "Jö");
        assert_eq!(read(b"", None), "");
    }

    #[test]
    fn a_named_encoding_is_used_and_a_wrong_name_refused() {
        assert_eq!(read("ö".as_bytes(), Some("iso-8859-1")), "Ã¶");
        assert!(super::named("a.csv".as_ref(), "latin-9000").is_err());
    }

    #[test]
    fn a_character_across_two_chunks_is_one_character() {
        let mut text = "a".repeat(super::CHUNK - 1);
        text.push_str("öööö");
        assert_eq!(read(text.as_bytes(), None), text);
        // One byte that is not UTF-8 at the far end makes the whole file Windows-1252.
        let mut bytes = text.clone().into_bytes();
        bytes.push(0xf6);
        assert!(read(&bytes, None).ends_with("Ã¶Ã¶Ã¶Ã¶ö"));
    }
}
