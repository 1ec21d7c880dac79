//! The encoding of text files: what is known of it, and how to get at the bytes.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};
use tempfile::{NamedTempFile, TempPath};

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

/// A text file of which the bytes can be read from anywhere: line breaks, quotation marks and separators are single
/// bytes in it.
pub(super) struct Raw {
    /// The file that was named.
    pub(super) named: PathBuf,
    /// Its encoding; `None` when only the whole file can say: UTF-8 if it is valid UTF-8, else Windows-1252, of which
    /// ISO 8859-1 is a part.
    pub(super) encoding: Option<&'static Encoding>,
    /// Where the text begins, after a byte order mark.
    pub(super) start: u64,
    /// The same text as UTF-8, when its own encoding is of another kind; removed at the end.
    rewritten: Option<TempPath>,
}

/// Opens a text file. A byte order mark decides which encoding it has; then `label`, if the caller knows better.
pub(super) fn raw(path: &Path, label: Option<&str>) -> Result<Raw, ReadError> {
    let failed = |e: io::Error| ReadError::unreadable(path, detect::in_words(&e));
    let asked = label.map(|l| named(path, l)).transpose()?;
    let mut file = detect::open(path)?;
    let mut start = Vec::new();
    Read::by_ref(&mut file).take(3).read_to_end(&mut start).map_err(failed)?;
    let marked = Encoding::for_bom(&start);
    let encoding = marked.map(|(encoding, _)| encoding).or(asked);
    let mark = marked.map_or(0, |(_, length)| length);
    let mut raw = Raw { named: path.to_owned(), encoding, start: mark as u64, rewritten: None };
    if let Some(other) = encoding.filter(|e| *e != UTF_8 && !e.is_ascii_compatible()) {
        let rest = io::Cursor::new(start.split_off(mark)).chain(file);
        let mut copy = NamedTempFile::new().map_err(failed)?;
        io::copy(&mut Transcoder::new(rest, other), &mut copy).map_err(failed)?;
        raw = Raw { encoding: Some(UTF_8), start: 0, rewritten: Some(copy.into_temp_path()), ..raw };
    }
    Ok(raw)
}

impl Raw {
    /// Opens the text at its beginning.
    pub(super) fn open(&self) -> io::Result<File> {
        self.open_at(self.start)
    }

    /// Opens the text at a byte of its file.
    pub(super) fn open_at(&self, offset: u64) -> io::Result<File> {
        let mut file = File::open(self.rewritten.as_deref().unwrap_or(&self.named))?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(file)
    }

    /// Some bytes of the text.
    pub(super) fn bytes(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        detect::bytes_at(&mut self.open_at(range.start)?, range.end - range.start)
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
    use std::fs;

    use crate::read::{ReadOptions, pieces};

    /// The only cell of a table whose only column is called `a`.
    fn cell(bytes: &[u8], label: Option<&str>) -> String {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        fs::write(&path, bytes).unwrap();
        let options = ReadOptions { encoding: label.map(str::to_owned), ..ReadOptions::default() };
        let pieces = pieces(&path, &options, &["a".to_owned()], false).unwrap();
        let batch = pieces.read(0).unwrap();
        assert_eq!((pieces.len(), batch.rows.len()), (1, 1));
        batch.columns[0].text(0).unwrap().into_owned()
    }

    #[test]
    fn utf8_windows_1252_and_utf16_are_told_apart() {
        assert_eq!(cell("a\nJönköping".as_bytes(), None), "Jönköping");
        assert_eq!(cell(b"\xef\xbb\xbfa\nJ\xc3\xb6nk\xc3\xb6ping", None), "Jönköping");
        assert_eq!(cell(b"a\nJ\xf6nk\xf6ping \x96 \x80", None), "Jönköping – €");
        assert_eq!(cell(b"\xff\xfea\x00\n\x00J\x00\xf6\x00", None), "Jö");
        assert_eq!(cell(b"\xfe\xff\x00a\x00\n\x00J\x00\xf6", None), "Jö");
    }

    #[test]
    fn a_named_encoding_is_used_and_a_wrong_name_refused() {
        assert_eq!(cell("a\nö".as_bytes(), Some("iso-8859-1")), "Ã¶");
        assert!(super::named("a.csv".as_ref(), "latin-9000").is_err());
    }

    #[test]
    fn a_character_across_two_blocks_is_one_character() {
        // The header takes 2 bytes and blocks begin after it.
        let mut text = "a\n".to_owned();
        text.push_str(&"x".repeat((1 << 20) - 1));
        text.push_str("öööö");
        assert_eq!(cell(text.as_bytes(), None), text[2..]);
        // One byte that is not UTF-8 at the far end makes the whole file Windows-1252.
        let mut bytes = text.clone().into_bytes();
        bytes.push(0xf6);
        assert!(cell(&bytes, None).ends_with("Ã¶Ã¶Ã¶Ã¶ö"));
        // UTF-16 in blocks too.
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(cell(&bytes, None), text[2..]);
    }
}
