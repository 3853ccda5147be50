//! Callers who hold connections hold files: there are always some left for those who ask, and for the database.

use std::{fs, net::SocketAddr};

use testkit::recipient::Platform;

use crate::{
    attacks::wire::connect,
    program::{Program, port},
    stage::{Plan, TestPlatform, fresh_folder},
};

/// N01: two thousand idle connections on a machine whose soft limit is what it usually is.
#[tokio::test]
async fn n01_idle_connections_leave_files_for_everybody_else() {
    let here = TestPlatform::start().await;
    let folder = fresh_folder();
    let text = Plan::beside(&here).write(&folder);
    let file = folder.join("concordat.toml");
    fs::write(&file, text).unwrap();
    let mut program = Program::start_with_open_files(&file, 256, 8_192);
    let listening = program.await_text("\"listening\"");
    let there = Platform {
        public: format!("https://localhost:{}", port(&listening, "public")),
        ..here.platform.clone()
    };
    let address = SocketAddr::from(([127, 0, 0, 1], port(&listening, "public").parse().unwrap()));
    let idle = tokio::task::spawn_blocking(move || (0..2_000).map(|_| connect(address)).collect::<Vec<_>>());
    let idle = idle.await.unwrap();
    // It needs the database.
    let query = "client_id=nobody&request_uri=urn:ietf:params:oauth:request_uri:none";
    let url = format!("{}/fdx/auth/v1/authorize?{query}", there.public);
    let answer = there.channel(None).get(url).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    drop(idle);
    program.stop();
    let _ = fs::remove_dir_all(&folder);
}
