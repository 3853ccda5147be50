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
    Error, HttpMessage as _, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::header::{CONNECTION, HeaderValue},
    middleware::Next,
    web::Bytes,
};
use futures_core::Stream;
use tokio::time::{Sleep, sleep};

use super::limits;

/// A body that ends with an error at its deadline.
struct Timely {
    body: Payload,
    deadline: Pin<Box<Sleep>>,
    missed: Rc<Cell<bool>>,
}

impl Stream for Timely {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let body = Pin::new(&mut self.body).poll_next(context);
        if body.is_pending() && self.deadline.as_mut().poll(context).is_ready() {
            self.missed.set(true);
            return Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))));
        }
        body
    }
}

/// Middleware: gives each body [`limits::BODY`] to arrive.
pub(super) async fn timely(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let missed = Rc::new(Cell::new(false));
    let body = request.take_payload();
    if !matches!(body, Payload::None) {
        let deadline = Box::pin(sleep(limits::BODY));
        let timely: Pin<Box<dyn Stream<Item = _>>> = Box::pin(Timely {
            body,
            deadline,
            missed: Rc::clone(&missed),
        });
        request.set_payload(Payload::Stream { payload: timely });
    }
    let response = next.call(request).await?;
    if missed.get() {
        let mut late = HttpResponse::RequestTimeout().finish();
        late.headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
        return Ok(response.into_response(late));
    }
    Ok(response.map_into_boxed_body())
}
