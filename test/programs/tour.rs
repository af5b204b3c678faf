// SPDX-License-Identifier: Apache-2.0
//
// Rust's library: collections, strings, traits, formatting, files, arguments, environment, time.
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque};
use std::fs;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

fn collections() {
    let text = "the quick brown fox jumps over the lazy dog and the fox rests";
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_default() += 1;
    }
    println!("{:?}", counts.iter().filter(|(_, &n)| n > 1).collect::<Vec<_>>());

    let mut state = 12345u64;
    let numbers: Vec<u64> = (0..50_000)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            state >> 33
        })
        .collect();
    let distinct: HashSet<u64> = numbers.iter().copied().collect();
    let heap: BinaryHeap<u64> = numbers.iter().copied().collect();
    let sorted = heap.into_sorted_vec();
    println!("{} distinct, median {}", distinct.len(), sorted[sorted.len() / 2]);

    let mut residues: HashMap<u64, VecDeque<u64>> = HashMap::new();
    for n in &numbers {
        residues.entry(n % 89).or_default().push_front(*n);
    }
    println!("{} residues, {} numbers", residues.len(), residues.values().map(VecDeque::len).sum::<usize>());
}

fn files() -> io::Result<()> {
    fs::create_dir_all("/w/a/b")?;
    fs::write("/w/a/b/one.txt", "first\nsecond\nthird\n")?;
    fs::OpenOptions::new().append(true).open("/w/a/b/one.txt")?.write_all(b"fourth\n")?;
    let lines: Vec<String> =
        io::BufReader::new(fs::File::open("/w/a/b/one.txt")?).lines().collect::<Result<_, _>>()?;
    println!("{} lines, last {:?}", lines.len(), lines.last());

    let mut file = fs::OpenOptions::new().read(true).write(true).open("/w/a/b/one.txt")?;
    file.seek(SeekFrom::Start(6))?;
    file.write_all(b"SECOND")?;
    file.set_len(12)?;
    file.rewind()?;
    let mut content = String::new();
    file.read_to_string(&mut content)?;
    println!("{:?}", content);

    fs::rename("/w/a/b/one.txt", "/w/two.txt")?;
    fs::remove_dir_all("/w/a")?;
    let names: Vec<_> = fs::read_dir("/w")?.map(|e| e.map(|e| e.file_name())).collect::<Result<_, _>>()?;
    println!("{:?} {}", names, fs::metadata("/w/two.txt")?.len());
    println!("{:?}", fs::read("/w/none").map_err(|e| e.kind()));
    Ok(())
}

fn time() {
    let start = Instant::now();
    std::thread::sleep(Duration::from_millis(10));
    let passed = start.elapsed();
    println!("slept {}", passed >= Duration::from_millis(10) && passed < Duration::from_secs(20));
    println!("clock {}", SystemTime::now().duration_since(UNIX_EPOCH).map(|d| d.as_secs() > 1_704_067_200).unwrap());
}

fn main() {
    println!("{:?}", std::env::args().skip(1).collect::<Vec<_>>());
    println!("{:?}", std::env::var("GREETING"));
    collections();
    if let Err(error) = files() {
        println!("files: {}", error);
        std::process::exit(1);
    }
    time();
    let (big, none): (u128, Option<u8>) = (u128::MAX / 7, 255u8.checked_add(1));
    println!("{} {:?} {:.6e} {:>8}|", big, none, 2f64.sqrt() * 1e10, "right");
    std::process::exit(7);
}
