//! From a picture to its text: our scanner beside plain rqrr, on the project's own pictures.
//!
//! For pictures of real life see the bench `scan_sets`.

#![expect(
    clippy::unwrap_used,
    reason = "a bench without its pictures has failed"
)]

use std::hint::black_box;
use std::path::Path;

use coupon_kiosk::frame::Luma;
use coupon_kiosk::scanner::{Effort, Symbologies, picture, scan};
use criterion::{Criterion, Throughput};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let pictures = fixtures();
    let mut group = criterion.benchmark_group("picture to text, 640x480");
    group.throughput(Throughput::Elements(pictures.len() as u64));
    group.bench_function("coupon-kiosk", |bencher| {
        bencher.iter(|| {
            for luma in &pictures {
                let found = scan(black_box(luma), Symbologies::default(), Effort::First);
                assert_eq!(found.len(), 1);
            }
        });
    });
    group.bench_function("rqrr", |bencher| {
        bencher.iter(|| {
            for luma in &pictures {
                assert!(reads_plainly(black_box(luma)));
            }
        });
    });
    group.finish();
    criterion.final_summary();
}

fn fixtures() -> Vec<Luma> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/codes");
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| picture::open(&entry.unwrap().path()).unwrap())
        .collect()
}

fn reads_plainly(luma: &Luma) -> bool {
    let (width, height) = (luma.width(), luma.height());
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        luma.pixels()[y * width + x]
    });
    prepared
        .detect_grids()
        .iter()
        .any(|grid| grid.decode().is_ok())
}
