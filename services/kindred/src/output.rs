//! Answers as a table for people or JSON for programs.

use serde::Serialize;

/// How answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Columns, for people.
    Table,
    /// One JSON document, for programs.
    Json,
}

impl Format {
    /// Writes rows: each a list of cells for the table, and a value for JSON.
    ///
    /// # Errors
    ///
    /// If a row cannot be written as JSON.
    #[expect(clippy::print_stdout, reason = "the answer of a command line")]
    pub fn rows<T: Serialize>(
        self,
        columns: &[&str],
        rows: &[T],
        cells: impl Fn(&T) -> Vec<String>,
    ) -> anyhow::Result<()> {
        match self {
            Self::Json => println!("{}", serde_json::to_string_pretty(rows)?),
            Self::Table => print!("{}", table(columns, &rows.iter().map(cells).collect::<Vec<_>>())),
        }
        Ok(())
    }

    /// Writes one thing: a sentence for people, a value for JSON.
    ///
    /// # Errors
    ///
    /// If the value cannot be written as JSON.
    #[expect(clippy::print_stdout, reason = "the answer of a command line")]
    pub fn one<T: Serialize>(self, value: &T, sentence: impl FnOnce(&T) -> String) -> anyhow::Result<()> {
        match self {
            Self::Json => println!("{}", serde_json::to_string(value)?),
            Self::Table => println!("{}", sentence(value)),
        }
        Ok(())
    }
}

/// Columns as wide as their widest cell.
fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let width = |index: usize| {
        let cells = rows.iter().map(|row| row[index].chars().count());
        cells.chain([columns[index].chars().count()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let header: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
    let lines = std::iter::once(&header).chain(rows).map(|row| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_wide_as_its_widest_cell() {
        let rows = [vec!["a".to_owned(), "bb".to_owned()], vec!["ccc".to_owned(), "d".to_owned()]];
        assert_eq!(table(&["x", "y"], &rows), "x    y\na    bb\nccc  d\n");
    }
}
