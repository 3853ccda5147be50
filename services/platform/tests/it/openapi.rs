//! The documents in `openapi/` are what is served.

use std::{collections::BTreeSet, fs, path::Path};

use testkit::answer::Answer;

use crate::stage::TestPlatform;

#[tokio::test]
async fn the_committed_documents_are_those_that_are_served() {
    let platform = TestPlatform::shared().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
    let committed: BTreeSet<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    let expected: BTreeSet<_> = platform::serve::Service::DOCUMENTED
        .iter()
        .map(|service| format!("{}.json", service.name()))
        .collect();
    assert_eq!(committed, expected);
    for name in committed {
        let url = format!("{}/docs/{name}", platform.platform.public);
        let served = Answer::to(platform.platform.channel(None).get(url))
            .await
            .expect(200);
        let text = fs::read_to_string(folder.join(&name)).unwrap();
        assert!(served.text == text, "{name} differs: make openapi");
    }
}
