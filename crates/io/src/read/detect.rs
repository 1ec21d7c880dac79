//! Which format a file has, by its name and its first bytes.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use super::{Format, ReadError, ReadOptions};

/// Finds the format, and says in one line what is wrong with what is not a readable file at all.
pub(super) fn format(path: &Path, options: &ReadOptions) -> Result<Format, ReadError> {
    let start = first_bytes(path)?;
    if start.starts_with(b"version https://git-lfs.github.com/spec/") {
        return Err(ReadError::unreadable(
            path,
            "this is a pointer of Git LFS and not the file itself; fetch the file with `git lfs pull`",
        ));
    }
    if let Some(format) = options.format {
        return Ok(format);
    }
    let by_bytes = by_first_bytes(&start);
    let by_name = by_extension(path);
    match (by_bytes, by_name) {
        (Some(found), _) => Ok(found),
        // The bytes of these formats are known and are not there.
        (None, Some(Format::Parquet | Format::GeoPackage | Format::FlatGeobuf | Format::Shapefile)) => {
            Err(ReadError::unreadable(path, "the file's first bytes are not those of the format its name says"))
        }
        (None, Some(named)) => Ok(named),
        (None, None) => Err(ReadError::unreadable(
            path,
            "the format is not known from the file's name; name it .csv, .tsv, .txt, .parquet, .geoparquet, .geojson, \
             .json, .geojsonl, .ndjson, .gpkg, .shp, .zip or .fgb",
        )),
    }
}

/// Opens a file for reading.
pub(super) fn open(path: &Path) -> Result<File, ReadError> {
    File::open(path).map_err(|e| ReadError::unreadable(path, in_words(&e)))
}

/// So many bytes from where the file stands; fewer are an error.
pub(super) fn bytes_at(file: &mut File, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// What the operating system says, in words that help.
pub(crate) fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "the file may not be read; its permissions forbid it".to_owned(),
        io::ErrorKind::IsADirectory => "this is a folder; name a file in it".to_owned(),
        io::ErrorKind::UnexpectedEof => "the file is cut short".to_owned(),
        _ => error.to_string(),
    }
}

fn first_bytes(path: &Path) -> Result<Vec<u8>, ReadError> {
    if path.is_dir() {
        return Err(ReadError::unreadable(path, "this is a folder; name a file in it"));
    }
    let mut start = Vec::new();
    open(path)?.take(64).read_to_end(&mut start).map_err(|e| ReadError::unreadable(path, in_words(&e)))?;
    Ok(start)
}

fn by_first_bytes(start: &[u8]) -> Option<Format> {
    if start.starts_with(b"PAR1") {
        Some(Format::Parquet)
    } else if start.starts_with(b"SQLite format 3\0") {
        Some(Format::GeoPackage)
    } else if start.starts_with(b"fgb") && start.get(4..7) == Some(b"fgb") {
        Some(Format::FlatGeobuf)
    } else if start.starts_with(b"PK\x03\x04")
        || start.starts_with(b"PK\x05\x06")
        || start.starts_with(&[0, 0, 0x27, 0x0a])
    {
        Some(Format::Shapefile)
    } else {
        None
    }
}

fn by_extension(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" | "tsv" | "txt" => Some(Format::Csv),
        "parquet" | "geoparquet" => Some(Format::Parquet),
        "geojson" | "json" => Some(Format::GeoJson),
        "geojsonl" | "geojsons" | "ndjson" => Some(Format::GeoJsonLines),
        "gpkg" => Some(Format::GeoPackage),
        "shp" | "zip" => Some(Format::Shapefile),
        "fgb" => Some(Format::FlatGeobuf),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use crate::read::{Format, ReadOptions, describe};

    fn message(path: &Path) -> String {
        describe(path, &ReadOptions::default()).unwrap_err().to_string()
    }

    #[test]
    fn first_bytes_count_more_than_the_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        fs::write(&path, b"SQLite format 3\0").unwrap();
        assert_eq!(super::format(&path, &ReadOptions::default()).unwrap(), Format::GeoPackage);
    }

    #[test]
    fn what_is_no_file_is_said_in_one_line() {
        let dir = tempfile::tempdir().unwrap();
        assert!(message(dir.path()).contains("folder"));
        assert!(message(&dir.path().join("none.csv")).contains("no such file"));
        let named = |name: &str, content: &[u8]| {
            let path = dir.path().join(name);
            fs::write(&path, content).unwrap();
            let text = message(&path);
            assert!(text.contains(name) && !text.contains('\n'), "{text}");
            text
        };
        assert!(named("a.docx", b"x").contains(".csv"));
        assert!(named("a.parquet", b"nothing").contains("first bytes"));
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n";
        assert!(named("a.geojson", pointer).contains("git lfs pull"));
        assert!(named("b.csv", pointer).contains("git lfs pull"));
    }
}
