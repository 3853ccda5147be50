//! No body takes for ever: whoever sends one byte by byte is answered 408 and cut off (N01).
//!
//! What we do ourselves is bounded elsewhere: by the database's timeouts, and by those of outbound calls.

use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage as _, HttpResponse, ResponseError as _,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::ConnectionType,
    middleware::Next,
    web::Bytes,
};
use futures_core::Stream;
use http::{Code, FdxError, OAuthError};
use tokio::time::{Sleep, sleep};

use super::{limits::Patience, patient::Watch};

/// A body that ends with an error at its deadline, and where its frames are none (N03).
struct Timely {
    body: Payload,
    deadline: Pin<Box<Sleep>>,
    watch: Option<Watch>,
    failed: Rc<Cell<Option<Failed>>>,
}

/// What its reader is not told: an error of reading may mean that it is too long.
#[derive(Clone, Copy)]
enum Failed {
    Time,
    Framing,
}

impl Failed {
    /// In the words of the API that the path belongs to.
    fn refusal(self, path: &str) -> HttpResponse {
        let is_oauth = path.starts_with("/fdx/auth/");
        match self {
            Self::Time => http::unrouted::refusal(path, Code::TooSlow),
            Self::Framing if is_oauth => {
                OAuthError::invalid_request("the body is not framed well").error_response()
            }
            Self::Framing => FdxError::new(Code::InvalidInput).error_response(),
        }
    }
}

impl Stream for Timely {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let body = Pin::new(&mut self.body).poll_next(context);
        if body.is_pending() {
            // The stream of the connection, which sees it, is polled before we are, by the same task.
            if self.watch.as_ref().is_some_and(|watch| watch.refusal().is_some()) {
                self.failed.set(Some(Failed::Framing));
                return Poll::Ready(Some(Err(PayloadError::EncodingCorrupted)));
            }
            if self.deadline.as_mut().poll(context).is_ready() {
                self.failed.set(Some(Failed::Time));
                return Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))));
            }
        }
        body
    }
}

/// Middleware: gives each body [`Patience::body`] to arrive, and tells the connection where it is. What was no request on the wire
/// is answered here, so that it has its line in the log like any other.
pub(super) async fn timely(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let watch = request.conn_data::<Watch>().cloned();
    let patience = watch.as_ref().map_or_else(Patience::default, Watch::patience);
    if let Some(watch) = &watch {
        watch.serving();
        if let Some(refusal) = watch.refusal() {
            watch.answered();
            let mut refusal = HttpResponse::new(refusal.status());
            refusal.head_mut().set_connection_type(ConnectionType::Close);
            return Ok(request.into_response(refusal));
        }
    }
    let failed = Rc::new(Cell::new(None));
    let body = request.take_payload();
    if !matches!(body, Payload::None) {
        let deadline = Box::pin(sleep(patience.body));
        let timely: Pin<Box<dyn Stream<Item = _>>> = Box::pin(Timely {
            body,
            deadline,
            watch: watch.clone(),
            failed: Rc::clone(&failed),
        });
        request.set_payload(Payload::Stream { payload: timely });
    }
    let response = next.call(request).await;
    if let Some(watch) = &watch {
        watch.answered();
    }
    let response = response?;
    if let Some(failed) = failed.get() {
        let mut refusal = failed.refusal(response.request().path());
        // The rest of the body would be taken for the next request.
        refusal.head_mut().set_connection_type(ConnectionType::Close);
        return Ok(response.into_response(refusal));
    }
    Ok(response.map_into_boxed_body())
}
