//! The settings of the platform that is measured.

use std::path::Path;

use super::Ports;

/// The defaults, on ports of this run's own.
pub(super) fn settings_text(
    folder: &Path,
    Ports {
        public,
        mutual,
        operations,
    }: Ports,
) -> String {
    let file = |name: &str| format!("'{}'", folder.join(name).display());
    format!(
        "[listeners]\n\
         public = \"127.0.0.1:{public}\"\nmutual = \"127.0.0.1:{mutual}\"\noperations = \"127.0.0.1:{operations}\"\n\n\
         [urls]\npublic = \"https://localhost:{public}\"\nmutual = \"https://localhost:{mutual}\"\n\n\
         [tls]\ncertificate = {certificate}\nkey = {key}\nclient_authorities = {ca}\n\n\
         [database]\nurl_file = {database}\n\n\
         [secrets]\nmaster_key_file = {master}\n\n\
         [portal]\nclient_id = \"portal\"\nclient_secret_file = {portal}\ntrust = {ca}\n\n\
         [outbound]\nclient_certificate = {client}\nclient_key = {client_key}\ntrust = {ca}\n\
         test_hosts = [\"localhost:*\"]\n",
        client = file("client.pem"),
        client_key = file("client.key"),
        certificate = file("server.pem"),
        key = file("server.key"),
        ca = file("ca.pem"),
        database = file("database-url"),
        master = file("master-key"),
        portal = file("portal-secret"),
    )
}
