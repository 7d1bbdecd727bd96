//! A plain table: columns side by side, those without a value left out.

use std::io::{self, Write};

/// Writes `rows`, the first of which is the heading.
pub fn write(rows: &[Vec<String>], out: &mut dyn Write) -> io::Result<()> {
    let Some(heading) = rows.first() else {
        return Ok(());
    };
    let widths: Vec<Option<usize>> = (0..heading.len())
        .map(|column| {
            let cells = || rows.iter().filter_map(|row| row.get(column));
            let is_used = cells().skip(1).any(|cell| !cell.is_empty());
            is_used.then(|| cells().map(|cell| width(cell)).max().unwrap_or(0))
        })
        .collect();
    for row in rows {
        let mut line = String::new();
        for (cell, column_width) in row.iter().zip(&widths) {
            if let Some(column_width) = column_width {
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', column_width - width(cell) + 2));
            }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Columns of a terminal: from the Hangul and Chinese blocks on, a character takes two.
fn width(text: &str) -> usize {
    text.chars()
        .map(|character| match character {
            '\u{1100}'..='\u{115f}'
            | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ff60}'
            | '\u{ffe0}'..='\u{ffe6}'
            | '\u{20000}'..='\u{3fffd}' => 2,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_beside_chinese_names_and_empty_ones_are_left_out() {
        let rows = [["a", "none", "b"], ["王芳", "", "1"], ["Li", "", "2"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let mut out = Vec::new();
        write(&rows, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a     b\n王芳  1\nLi    2\n"
        );
    }
}
