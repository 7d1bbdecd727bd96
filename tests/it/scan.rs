//! `scan` on the project's own pictures.

use serde_json::Value;

use crate::support::{Ended, fixture, program};

fn scan(args: &[&str]) -> Ended {
    Ended::of(&program().arg("scan").args(args).output().unwrap())
}

#[test]
fn every_picture_of_a_story_is_read() {
    let folder = fixture("codes");
    let scanned = scan(&["--json", folder.to_str().unwrap()]);
    assert_eq!(scanned.exit, 0, "{}", scanned.stdout);
    let objects: Vec<Value> = scanned
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects.len(), 17);
    let read = |name: &str| {
        let object = objects
            .iter()
            .find(|object| object["path"].as_str().unwrap().ends_with(name))
            .unwrap();
        object["codes"][0]["text"].as_str().unwrap().to_owned()
    };
    assert_eq!(read("/redeemed.png"), "409632457895");
    assert_eq!(read("/custom_code.png"), "PK0000397757");
    assert!(
        objects
            .iter()
            .all(|object| object["codes"][0]["symbology"] == "QRCode")
    );
    assert!(
        objects
            .iter()
            .all(|object| object["codes"][0]["corners"].as_array().unwrap().len() == 4)
    );
}

#[test]
fn a_named_file_that_is_no_picture_is_an_error_and_in_a_folder_it_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "no picture").unwrap();
    let named = scan(&["--json", file.to_str().unwrap()]);
    assert_eq!(named.exit, 2);
    assert!(named.object()["error"].is_string());
    let below = scan(&["--json", folder.path().to_str().unwrap()]);
    assert_eq!((below.exit, below.stdout.as_str()), (0, ""));
}

#[test]
fn a_picture_without_a_code_ends_with_1() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("grey.png");
    image::GrayImage::from_pixel(320, 240, image::Luma([128]))
        .save(&file)
        .unwrap();
    let scanned = scan(&["--json", file.to_str().unwrap()]);
    assert_eq!(
        (
            scanned.exit,
            scanned.object()["codes"].as_array().unwrap().len()
        ),
        (1, 0)
    );
}
