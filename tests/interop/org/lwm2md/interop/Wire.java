// SPDX-License-Identifier: LGPL-2.1-or-later
package org.lwm2md.interop;

import java.util.HexFormat;
import java.util.Map;

import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.interceptors.MessageInterceptor;

/** Every datagram as an event, so that a row that fails can show its bytes. */
final class Wire implements MessageInterceptor {
        private final Output output;

        Wire(Output output) {
                this.output = output;
        }

        private void tell(String way, Message message) {
                byte[] bytes = message.getBytes();
                output.event("wire", Map.of("way", way, "bytes", bytes == null ? "" : HexFormat.of().formatHex(bytes)));
        }

        @Override
        public void sendRequest(Request request) {
                tell("out", request);
        }

        @Override
        public void sendResponse(Response response) {
                tell("out", response);
        }

        @Override
        public void sendEmptyMessage(EmptyMessage message) {
                tell("out", message);
        }

        @Override
        public void receiveRequest(Request request) {
                tell("in", request);
        }

        @Override
        public void receiveResponse(Response response) {
                tell("in", response);
        }

        @Override
        public void receiveEmptyMessage(EmptyMessage message) {
                tell("in", message);
        }
}
