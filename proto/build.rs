//! Compiles the protocol files without `protoc`.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files = Vec::new();
    collect(Path::new("kindred"), &mut files)?;
    files.sort();
    println!("cargo:rerun-if-changed=kindred");
    let descriptors = protox::compile(&files, ["."])?;
    let target = Path::new(&std::env::var("OUT_DIR")?).join("descriptors.bin");
    std::fs::write(target, prost::Message::encode_to_vec(&descriptors))?;
    tonic_prost_build::configure().bytes(".").compile_fds(descriptors)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    Ok(())
}
