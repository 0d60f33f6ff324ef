// SPDX-License-Identifier: LGPL-2.1-or-later
package org.lwm2md.interop;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import org.eclipse.californium.core.coap.Response;
import org.eclipse.leshan.core.ResponseCode;
import org.eclipse.leshan.core.link.DefaultLinkSerializer;
import org.eclipse.leshan.core.node.LwM2mNode;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.request.SimpleDownlinkRequest;
import org.eclipse.leshan.core.request.LwM2mRequest;
import org.eclipse.leshan.core.response.CreateResponse;
import org.eclipse.leshan.core.response.DiscoverResponse;
import org.eclipse.leshan.core.response.LwM2mResponse;
import org.eclipse.leshan.core.response.ReadCompositeResponse;
import org.eclipse.leshan.core.response.ReadResponse;

/** What the line of an answer holds: "code", "format", "payload", and the values that Leshan has read from it. */
final class Answer {
        private Answer() {
        }

        static String code(ResponseCode code) {
                return "%d.%02d".formatted(code.getCode() / 100, code.getCode() % 100);
        }

        /** An error with all its reasons. */
        static String text(Throwable error) {
                StringBuilder text = new StringBuilder();
                for (Throwable each = error; each != null; each = each.getCause())
                        text.append(text.isEmpty() ? "" : ": ").append(each.getClass().getSimpleName()).append(" ")
                                        .append(each.getMessage());
                return text.toString();
        }

        static Map<String, Object> flatten(Map<LwM2mPath, LwM2mNode> nodes) {
                Map<String, Object> values = new TreeMap<>();
                nodes.forEach((path, node) -> {
                        if (node != null)
                                Values.collect(path, node, values);
                });
                return values;
        }

        static Map<String, Object> describe(LwM2mRequest<?> request, LwM2mResponse response) {
                Map<String, Object> members = new LinkedHashMap<>();
                if (response == null) {
                        members.put("error", "no answer in time");
                        return members;
                }
                members.put("code", code(response.getCode()));
                if (response.getErrorMessage() != null && !response.getErrorMessage().isEmpty())
                        members.put("diagnostic", response.getErrorMessage());
                if (response.getCoapResponse() instanceof Response coap) {
                        if (coap.getOptions().hasContentFormat())
                                members.put("format", coap.getOptions().getContentFormat());
                        members.put("payload", coap.getPayload() == null ? ""
                                        : HexFormat.of().formatHex(coap.getPayload()));
                }
                if (response instanceof ReadCompositeResponse composite && composite.getContent() != null)
                        members.put("values", flatten(composite.getContent()));
                else if (response instanceof ReadResponse read && read.getContent() != null
                                && request instanceof SimpleDownlinkRequest<?> simple)
                        members.put("values", Values.flatten(simple.getPath(), read.getContent()));
                else if (response instanceof DiscoverResponse discover && discover.getObjectLinks() != null)
                        members.put("links", new DefaultLinkSerializer()
                                        .serializeCoreLinkFormat(discover.getObjectLinks()));
                else if (response instanceof CreateResponse create && create.getLocation() != null)
                        members.put("location", create.getLocation());
                return members;
        }
}
