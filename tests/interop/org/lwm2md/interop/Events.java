// SPDX-License-Identifier: LGPL-2.1-or-later
package org.lwm2md.interop;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.eclipse.leshan.core.link.DefaultLinkSerializer;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.node.TimestampedLwM2mNodes;
import org.eclipse.leshan.core.observation.CompositeObservation;
import org.eclipse.leshan.core.observation.Observation;
import org.eclipse.leshan.core.observation.SingleObservation;
import org.eclipse.leshan.core.request.SendRequest;
import org.eclipse.leshan.core.response.ObserveCompositeResponse;
import org.eclipse.leshan.core.response.ObserveResponse;
import org.eclipse.leshan.server.observation.ObservationListener;
import org.eclipse.leshan.server.registration.Registration;
import org.eclipse.leshan.server.registration.RegistrationListener;
import org.eclipse.leshan.server.registration.RegistrationUpdate;
import org.eclipse.leshan.server.send.SendListener;

/** What clients send by themselves, as events: registrations, notifications, Send. */
final class Events implements RegistrationListener, ObservationListener, SendListener {
        private final Output output;

        Events(Output output) {
                this.output = output;
        }

        private static Map<String, Object> describe(Registration registration) {
                Map<String, Object> members = new LinkedHashMap<>();
                members.put("endpoint", registration.getEndpoint());
                members.put("version", registration.getLwM2mVersion().toString());
                members.put("lifetime", registration.getLifeTimeInSec());
                members.put("binding", registration.getBindingMode().toString());
                members.put("root", registration.getRootPath());
                members.put("formats", registration.getSupportedContentFormats().stream().map(each -> each.getCode())
                                .sorted().toList());
                members.put("links", new DefaultLinkSerializer().serializeCoreLinkFormat(
                                registration.getSortedObjectLinks()));
                Map<String, String> versions = new LinkedHashMap<>();
                registration.getSupportedObject().forEach((id, version) -> versions.put(id.toString(),
                                version.toString()));
                members.put("versions", versions);
                return members;
        }

        @Override
        public void registered(Registration registration, Registration previous, Collection<Observation> observations) {
                output.event("registered", describe(registration));
        }

        @Override
        public void updated(RegistrationUpdate update, Registration updated, Registration previous) {
                output.event("updated", describe(updated));
        }

        @Override
        public void unregistered(Registration registration, Collection<Observation> observations, boolean expired,
                        Registration replacement) {
                output.event("unregistered", Map.of("endpoint", registration.getEndpoint(), "expired", expired));
        }

        @Override
        public void newObservation(Observation observation, Registration registration) {
        }

        @Override
        public void cancelled(Observation observation) {
                output.event("cancelled", Map.of("token", observation.getId().getAsHexString()));
        }

        @Override
        public void onResponse(SingleObservation observation, Registration registration, ObserveResponse response) {
                Map<String, Object> members = new LinkedHashMap<>();
                members.put("path", observation.getPath().toString());
                members.put("code", Answer.code(response.getCode()));
                if (response.getContent() != null)
                        members.put("values", Values.flatten(observation.getPath(), response.getContent()));
                output.event("notified", members);
        }

        @Override
        public void onResponse(CompositeObservation observation, Registration registration,
                        ObserveCompositeResponse response) {
                Map<String, Object> members = new LinkedHashMap<>();
                members.put("paths", observation.getPaths().stream().map(LwM2mPath::toString).toList());
                members.put("code", Answer.code(response.getCode()));
                if (response.getContent() != null)
                        members.put("values", Answer.flatten(response.getContent()));
                output.event("notified", members);
        }

        @Override
        public void onError(Observation observation, Registration registration, Exception error) {
                output.event("failed", Map.of("token", observation.getId().getAsHexString(),
                                "error", Answer.text(error)));
        }

        /** Microseconds since 1970, or null for a value without a time. */
        private static Long usec(Instant time) {
                return time == null ? null : ChronoUnit.MICROS.between(Instant.EPOCH, time);
        }

        @Override
        public void dataReceived(Registration registration, TimestampedLwM2mNodes data, SendRequest request) {
                Map<String, Object> members = new LinkedHashMap<>();
                members.put("format", request.getFormat().getCode());
                members.put("series", data.getTimestamps().stream().map(each -> Arrays.asList(usec(each),
                                Answer.flatten(data.getNodesAt(each)))).toList());
                output.event("sent", members);
        }

        @Override
        public void onError(Registration registration, String message, Exception error) {
                output.event("failed", Map.of("error", message + ": " + (error == null ? "" : Answer.text(error))));
        }
}
