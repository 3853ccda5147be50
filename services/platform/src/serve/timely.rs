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
    Error, HttpMessage as _,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::ConnectionType,
    middleware::Next,
    web::Bytes,
};
use futures_core::Stream;
use tokio::time::{Sleep, sleep};

use super::{limits::Patience, patient::Watch};

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

/// Middleware: gives each body [`Patience::body`] to arrive, and tells the connection where it is.
pub(super) async fn timely(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let watch = request.conn_data::<Watch>().cloned();
    let patience = watch.as_ref().map_or_else(Patience::default, Watch::patience);
    if let Some(watch) = &watch {
        watch.serving();
    }
    let missed = Rc::new(Cell::new(false));
    let body = request.take_payload();
    if !matches!(body, Payload::None) {
        let deadline = Box::pin(sleep(patience.body));
        let timely: Pin<Box<dyn Stream<Item = _>>> = Box::pin(Timely {
            body,
            deadline,
            missed: Rc::clone(&missed),
        });
        request.set_payload(Payload::Stream { payload: timely });
    }
    let response = next.call(request).await;
    if let Some(watch) = &watch {
        watch.answered();
    }
    let response = response?;
    if missed.get() {
        let mut late = http::unrouted::refusal(response.request().path(), http::Code::TooSlow);
        // The rest of the body would be taken for the next request.
        late.head_mut().set_connection_type(ConnectionType::Close);
        return Ok(response.into_response(late));
    }
    Ok(response.map_into_boxed_body())
}
