//! From modules to the text, with what is doubtful left to the check bytes.

use rxing::qrcode::cpp_port::decoder::DecodeBitStream;
use rxing::qrcode::decoder::DataBlock;

use super::cells::Cells;
use super::correct::mend;
use super::layout::{Format, Layout};

/// The text of a code, where enough of it is sure.
pub(super) fn decoded(layout: &Layout, cells: &Cells) -> Option<String> {
    let formats = cells.formats();
    let (most, _) = *formats.first()?;
    formats
        .into_iter()
        .take(FORMATS)
        .filter(|&(votes, _)| votes > 0.0 && votes >= most * 0.7)
        .find_map(|(_, format)| with_format(layout, cells, format))
}

/// The likeliest formats that are tried.
const FORMATS: usize = 2;
/// Check bytes that are left for checking wherever bytes were left out on suspicion: one in 2^24 of chance remains.
const KEPT: usize = 3;
/// ... and where the filling was found in its place, which is a check of its own.
const KEPT_OF_PADDED: usize = 2;

fn with_format(layout: &Layout, cells: &Cells, format: Format) -> Option<String> {
    let total = usize::try_from(layout.version.getTotalCodewords()).ok()?;
    let mut bytes = Vec::with_capacity(total);
    let mut doubts = Vec::with_capacity(total);
    for places in layout.order.chunks_exact(8).take(total) {
        let mut byte = 0_u8;
        let mut surest = f32::MAX;
        for &(x, y) in places {
            let at = y * cells.side + x;
            let value = cells.values[at];
            byte = byte << 1 | u8::from((value < 0.0) != format.is_masked(x, y));
            surest = surest.min(if cells.is_hidden[at] {
                0.0
            } else {
                value.abs()
            });
        }
        bytes.push(byte);
        doubts.push(surest);
    }
    let blocks = DataBlock::getDataBlocks(&bytes, layout.version, format.level).ok()?;
    // Bytes are dealt out to blocks; so is where they came from, in two halves.
    let deal = |of: fn(usize) -> u8| {
        let places: Vec<u8> = (0..total).map(of).collect();
        DataBlock::getDataBlocks(&places, layout.version, format.level).ok()
    };
    let low = deal(|at| u8::try_from(at % 256).unwrap_or_default())?;
    let high = deal(|at| u8::try_from(at / 256).unwrap_or_default())?;
    let mut data = Vec::with_capacity(total);
    for (block, (low, high)) in blocks.iter().zip(low.iter().zip(&high)) {
        let places = low.getCodewords().iter().zip(high.getCodewords());
        let doubts: Vec<f32> = places
            .map(|(&low, &high)| doubts[usize::from(high) * 256 + usize::from(low)])
            .collect();
        let kept = usize::try_from(block.getNumDataCodewords()).ok()?;
        let is_alone = blocks.len() == 1;
        let block = block.getCodewords();
        let mended = mended(block, kept, &doubts, KEPT).or_else(|| {
            let (block, doubts) = is_alone.then(|| padded(block, kept, &doubts))??;
            mended(&block, kept, &doubts, KEPT_OF_PADDED)
        });
        data.extend(mended?);
    }
    let result = DecodeBitStream(&data, layout.version, format.level).ok()?;
    let text = result.isValid().then(|| result.content().to_string())?;
    (!text.is_empty()).then_some(text)
}

/// The standard's filling behind the data (7.4.10) is known before it is read, and a coupon's code leaves much to fill:
/// where enough of it is seen, the rest of it is as it must be.
fn padded(block: &[u8], data: usize, doubts: &[f32]) -> Option<(Vec<u8>, Vec<f32>)> {
    const FILLING: [u8; 2] = [0xEC, 0x11];
    // Of two beginnings between which nothing is seen the later one: it claims less.
    let (evidence, start) = (2..data)
        .map(|start| {
            let (mut right, mut wrong) = (0, 0);
            for at in (start..data).filter(|&at| doubts[at] > 0.0) {
                let off = (block[at] ^ FILLING[(at - start) % 2]).count_ones();
                wrong += i64::from(off);
                right += i64::from(8 - off);
            }
            (right - 3 * wrong, start)
        })
        .max()?;
    if evidence < LEAST_EVIDENCE {
        return None;
    }
    let (mut block, mut doubts) = (block.to_vec(), doubts.to_vec());
    for at in start..data {
        block[at] = FILLING[(at - start) % 2];
        doubts[at] = f32::MAX;
    }
    Some((block, doubts))
}

/// Bits that agree, less thrice those that do not: two bytes' worth is no chance.
const LEAST_EVIDENCE: i64 = 16;

/// The data bytes of a block: as it was seen, then with more and more of its most doubtful bytes left out.
fn mended(block: &[u8], data: usize, doubts: &[f32], spare: usize) -> Option<Vec<u8>> {
    let checks = block.len().checked_sub(data)?;
    let mut order: Vec<usize> = (0..block.len()).collect();
    order.sort_by(|&a, &b| doubts[a].total_cmp(&doubts[b]));
    let hidden = doubts.iter().filter(|&&doubt| doubt == 0.0).count();
    let most = checks.saturating_sub(spare);
    for left_out in [0, hidden].into_iter().chain(1..=most) {
        if left_out > most && left_out > 0 {
            continue;
        }
        let mut tried = block.to_vec();
        let Some(done) = mend(&mut tried, checks, &order[..left_out]) else {
            continue;
        };
        let spare = if left_out == 0 { 0 } else { spare };
        if left_out + 2 * done.errors + spare <= checks {
            tried.truncate(data);
            return Some(tried);
        }
    }
    None
}
