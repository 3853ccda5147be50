//! The endpoints at which a client proves itself in the request.

use testkit::answer::Answer;

use super::{ENDPOINTS, Guard, scene::Scene};
use crate::table::Table;

#[tokio::test]
async fn clients_must_prove_themselves_everywhere() {
    let scene = Scene::set().await;
    let mut table = Table::default();
    for (_, path, _) in ENDPOINTS.iter().filter(|(_, _, guard)| *guard == Guard::Client) {
        for origin in [&scene.platform.platform.mutual, &scene.platform.platform.public] {
            let url = format!("{origin}{path}");
            for form in [
                vec![],
                vec![("client_id", scene.recipient.client_id.as_str())],
                vec![("token", "x")],
            ] {
                for over in [
                    scene.recipient.connection(),
                    scene.recipient.without_certificate(),
                ] {
                    let answer = Answer::to(over.post(&url).form(&form)).await;
                    table.refused(path, &answer, &[400, 401], &["invalid_client", "invalid_request"]);
                }
            }
        }
    }
    table.done();
}
