// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// Every bound in the program, in one place (invariant 6): name, unit, default, what happens when it is reached
/// (the reply, or after 250 the mark on the case), the metric that shows it, and why it is what it is. `shieldd
/// --limits` prints this table; `[limits]` in the configuration sets any of them by name.
///
/// In place of a metric stands why nobody could act on one: "not counted: housekeeping" shapes our own work
/// (batches, rows, idle connections) and costs nobody anything, "a view" is how much one answer shows or says of
/// what is kept whole, "at start" is refused with file and remedy to whoever starts or reloads the daemon.
/// `tests/lint` knows these three and no other.
// clang-format off
#define SHIELD_LIMITS(LIMIT)                                                                                            \
/* receiving: the wire */                                                                                               \
LIMIT(command_line_max, octets, 2048, "500 5.5.2", "shield_limit_command_line_total",                                    \
      "RFC 5321 asks for 512 and room for extensions")                                                                  \
LIMIT(text_line_max, octets, 65536, "554 5.6.0", "shield_limit_text_line_total",                                         \
      "RFC 5321 asks for 1000; real systems send lines of several thousand octets")                                     \
LIMIT(message_size_max, octets, 67108864, "552 5.3.4", "shield_limit_message_size_total",                                \
      "a 24 MB video is 33 MB in base64")                                                                               \
LIMIT(recipients_max, count, 100, "452 4.5.3", "shield_limit_recipients_total",                                          \
      "RFC 5321 asks for at least 100; announced as LIMITS RCPTMAX")                                                    \
LIMIT(session_messages_max, count, 100000, "421 4.7.0", "shield_limit_session_messages_total",                           \
      "announced as LIMITS MAILMAX")                                                                                    \
LIMIT(session_errors_max, count, 20, "421 4.7.0", "shield_limit_session_errors_total",                                   \
      "a working client makes next to none")                                                                            \
LIMIT(session_errors_slow, count, 5, "slower", "shield_limit_session_errors_slow_total",                                 \
      "error replies past this many wait first")                                                                        \
LIMIT(error_pause, seconds, 1, "slower", "not counted: housekeeping",                                                   \
      "how long each of them waits; nobody else waits with it")                                                         \
LIMIT(session_idle_commands_max, count, 100, "421 4.7.0", "shield_limit_session_idle_commands_total",                   \
      "NOOP, RSET, VRFY, HELP, EHLO between two messages; also bounds what one read can make us say")                   \
LIMIT(received_hops_max, count, 50, "554 5.4.6", "shield_limit_received_hops_total",                                     \
      "mail loops; RFC 5321 section 6.3")                                                                               \
LIMIT(connections_max, count, 8000, "421 4.7.0", "shield_limit_connections_total",                                       \
      "memory and descriptors; under 10 KB each when idle, 20 under TLS; the busiest network makes room for others")                  \
LIMIT(connections_crowded, count, 6000, "421 4.7.0", "shield_limit_connections_crowded_total",                           \
      "from so many on patience is short, and the busiest networks get no more than are left free")                     \
LIMIT(client_connections_max, count, 50, "421 4.7.0", "shield_limit_client_connections_total",                           \
      "open at once, of one IPv4 address or IPv6 /64; Postfix allows 50")                                               \
LIMIT(network_connections_max, count, 200, "421 4.7.0", "shield_limit_network_connections_total",                        \
      "open at once, of one IPv4 /24 or IPv6 /48")                                                                      \
LIMIT(client_connections_minute_max, count, 300, "421 4.7.0", "shield_limit_client_connections_minute_total",            \
      "new ones a minute, of one address or /64; a relay that sends each message by itself needs fewer")                \
LIMIT(network_connections_minute_max, count, 900, "421 4.7.0", "shield_limit_network_connections_minute_total",          \
      "new ones a minute, of one /24 or /48")                                                                           \
LIMIT(client_messages_minute_max, count, 600, "450 4.7.1", "shield_limit_client_messages_minute_total",                  \
      "accepted a minute, of one address or /64; whoever retries is heard a moment later")                              \
LIMIT(network_messages_minute_max, count, 1800, "450 4.7.1", "shield_limit_network_messages_minute_total",               \
      "accepted a minute, of one /24 or /48")                                                                           \
LIMIT(clients_remembered_max, count, 100000, "forgotten", "not counted: housekeeping",                                  \
      "clients and networks whose connections and messages are counted; the longest quiet go first")                    \
LIMIT(client_trust_time, seconds, 86400, "greeted after the pause", "not counted: housekeeping",                        \
      "so long after a message that was accepted its network is greeted at once")                                       \
LIMIT(greeting_pause, seconds, 1, "554 5.5.1", "shield_limit_greeting_pause_total",                                      \
      "before we greet a client that we do not know; a mail system waits, a spam program often talks at once")          \
LIMIT(proxy_wait_max, seconds, 5, "closed", "shield_limit_proxy_wait_total",                                             \
      "a gateway sends its PROXY header at once")                                                                       \
LIMIT(proxy_header_max, octets, 4096, "closed", "shield_proxy_headers_refused_total",                                    \
      "a PROXY header with what a gateway tells of its client's TLS")                                                   \
LIMIT(command_wait_max, seconds, 300, "421 4.4.2", "shield_limit_command_wait_total",                                    \
      "RFC 5321 section 4.5.3.2.7: five minutes")                                                                       \
LIMIT(crowded_wait_max, seconds, 10, "421 4.4.2", "shield_limit_crowded_wait_total",                                     \
      "in place of command_wait_max while there are connections_crowded")                                               \
LIMIT(content_rate_min, octets, 100, "421 4.4.2", "shield_limit_content_rate_min_total",                                 \
      "a second, of a message that arrives; over content_rate_window")                                                  \
LIMIT(content_rate_window, seconds, 120, "421 4.4.2", "not counted: housekeeping",                                      \
      "over which content_rate_min is met or not; also what the slowest begin with")                                    \
LIMIT(session_time_max, seconds, 3600, "421 4.4.2", "shield_limit_session_time_total",                                   \
      "a session that lasts longer is not delivering mail")                                                             \
LIMIT(tls_handshakes_max, count, 500, "454 4.7.0", "shield_limit_tls_handshakes_total",                                 \
      "under way at once, in all; mail in clear text goes on")                                                          \
LIMIT(network_tls_handshakes_max, count, 50, "454 4.7.0", "shield_limit_network_tls_handshakes_total",                  \
      "under way at once, of one IPv4 /24 or IPv6 /48")                                                                 \
LIMIT(tls_handshakes_minute_max, count, 6000, "454 4.7.0", "shield_limit_tls_handshakes_minute_total",                  \
      "new ones a minute, in all: one core makes some thousands a second with ECDSA, some hundreds with RSA")           \
LIMIT(network_tls_handshakes_minute_max, count, 900, "454 4.7.0", "shield_limit_network_tls_handshakes_minute_total",   \
      "new ones a minute, of one /24 or /48")                                                                           \
LIMIT(tls_handshake_wait_max, seconds, 30, "closed", "shield_limit_tls_handshake_wait_total",                           \
      "two round trips, and a slow client's arithmetic")                                                                \
LIMIT(write_wait_max, seconds, 60, "closed", "shield_limit_write_wait_total",                                            \
      "a peer that does not read our replies")                                                                          \
LIMIT(reply_backlog_max, octets, 262144, "closed", "shield_limit_reply_backlog_total",                                   \
      "replies of one session that wait to be read")                                                                    \
LIMIT(reply_backlogs_max, octets, 67108864, "closed", "shield_limit_reply_backlogs_total",                               \
      "replies of all sessions that wait to be read")                                                                   \
LIMIT(close_wait_max, seconds, 2, "closed", "not counted: housekeeping",                                                \
      "octets that are still on their way must not reset the connection before our last reply is read")                 \
LIMIT(spool_memory_max, octets, 262144, "spooled to a file", "shield_spooled_total",                                     \
      "a larger message waits in an unlinked file, so memory is bounded a session")                                     \
LIMIT(incoming_octets_max, octets, 1073741824, "452 4.3.2", "shield_limit_incoming_octets_total",                        \
      "of all messages that still arrive; no network may have more than is left free")                                  \
LIMIT(intake_backlog_max, octets, 134217728, "452 4.3.2", "shield_limit_intake_backlog_total",                           \
      "octets waiting to be committed at once")                                                                         \
/* keeping */                                                                                                           \
LIMIT(octets_row_max, octets, 262144, "split into rows", "not counted: housekeeping",                                   \
      "one row never fills the page cache")                                                                             \
LIMIT(commit_batch_max, count, 256, "next batch", "shield_store_batches_total", "how long one commit may take")          \
LIMIT(repeat_window, seconds, 432000, "joined as a repeat", "shield_repeats_total",                                      \
      "senders retry for five days")                                                                                    \
LIMIT(repeats_remembered_max, count, 200000, "a case of its own", "not counted: housekeeping",                           \
      "messages of repeat_window kept in mind, 100 octets each; the oldest are forgotten first")                        \
LIMIT(disk_reserve, octets, 67108864, "452 4.3.1", "shield_limit_disk_reserve_total",                                    \
      "intake opens again above this much free space; files of large messages keep twice as much free")                 \
LIMIT(disk_reserve_attack, octets, 134217728, "452 4.3.1", "shield_limit_disk_reserve_attack_total",                     \
      "above disk_reserve; only mail to attack mailboxes, a sixteenth a network, and from networks verified in 90 days") \
LIMIT(refused_kept_max, count, 10000, "the oldest go", "shield_limit_refused_kept_total",                               \
      "messages refused for their size that are listed; first those of the network that has most")                                                                \
LIMIT(refused_kept_time, seconds, 2592000, "the oldest go", "not counted: housekeeping",                                \
      "how long they are listed: 30 days")                                                                              \
LIMIT(query_time_max, seconds, 2, "refused", "shield_limit_query_time_total",                                            \
      "a reader's snapshot keeps the write-ahead log from shrinking")                                                   \
LIMIT(queue_rows_max, count, 1000, "refused", "not counted: a view", "what one answer may list")                        \
LIMIT(search_rows_max, count, 200, "refused", "not counted: a view", "what one answer may list")                        \
LIMIT(database_size_max, octets, 1099511627776, "452 4.3.1", "shield_limit_database_size_total",                         \
      "what the database may take of the disk")                                                                          \
LIMIT(write_ahead_log_max, octets, 268435456, "shrunk", "not counted: housekeeping",                                    \
      "a long read keeps it from being used again")                                                                     \
LIMIT(case_messages_max, count, 100, "cut", "not counted: a view",                                                      \
      "messages shown of one case: its first and the newest")                                                           \
LIMIT(case_events_max, count, 1000, "cut", "not counted: a view", "events shown of one case: the newest")               \
LIMIT(case_line_max, octets, 1000, "cut", "not counted: a view", "subject and sender as the queue shows them")          \
LIMIT(case_flags_max, count, 32, "cut", "not counted: a view", "flags of one case")                                     \
LIMIT(similar_max, count, 20, "cut", "not counted: a view", "cases offered to be joined")                               \
LIMIT(statistics_sample_max, count, 1000, "the newest", "not counted: a view",                                          \
      "replies that the reported times are derived from")                                                               \
/* assessing */                                                                                                         \
LIMIT(assessment_attempts_max, count, 3, "unreadable", "shield_unreadable_total",                                        \
      "a message that cannot be parsed stays where it is")                                                              \
LIMIT(assessment_batch_octets_max, octets, 67108864, "next batch", "not counted: housekeeping",                         \
      "messages in memory to be assessed")                                                                              \
LIMIT(assessment_wait_max, seconds, 5, "written as soon as mail", "shield_limit_assessment_wait_total",                  \
      "in a burst, senders come first for so long")                                                                    \
LIMIT(assessment_batch_max, count, 128, "next batch", "not counted: housekeeping",                                       \
      "messages read at once by one thread")                                                                            \
LIMIT(worker_messages_max, count, 32, "a fresh worker", "not counted: housekeeping",                                    \
      "messages read by one process; a message that takes it over can lie about those after it")                        \
LIMIT(worker_time_max, seconds, 30, "unreadable", "shield_limit_worker_time_total",                                     \
      "one message, on a busy machine; an honest one takes less than 1 s")                                              \
LIMIT(worker_memory_max, octets, 536870912, "unreadable", "shield_limit_worker_memory_total",                          \
      "addresses of one process; the largest message takes less than half")                                             \
LIMIT(header_block_max, octets, 262144, "defect", "shield_limit_header_block_total", "Postfix keeps 100 KB")             \
LIMIT(header_fields_max, count, 1000, "defect", "shield_limit_header_fields_total", "")                                  \
LIMIT(header_field_max, octets, 65536, "defect", "shield_limit_header_field_total",                                      \
      "the MIME library is quadratic in it")                                                                            \
LIMIT(header_text_max, octets, 4096, "cut, and a defect", "shield_limit_header_text_total",                             \
      "one decoded value kept of a header: a subject, a file name")                                                     \
LIMIT(mime_headers_max, octets, 1048576, "defect", "shield_limit_mime_headers_total",                                   \
      "the headers of all parts together; the rest stays one opaque part")                                              \
LIMIT(mime_depth_max, count, 32, "defect", "shield_limit_mime_depth_total", "deeper parts stay one opaque part")         \
LIMIT(mime_parts_max, count, 1000, "defect", "shield_limit_mime_parts_total", "the rest stays one opaque part")          \
LIMIT(mime_parameters_max, count, 64, "defect", "shield_limit_mime_parameters_total", "")                                \
LIMIT(addresses_max, count, 200, "cut, and a defect", "shield_limit_addresses_total", "addresses kept of one field")    \
LIMIT(references_max, count, 100, "cut, and a defect", "shield_limit_references_total",                                 \
      "message identifiers kept of one message")                                                                        \
LIMIT(text_max, octets, 262144, "cut, and a defect", "shield_limit_text_total",                                         \
      "readable text kept, shown and indexed")                                                                          \
LIMIT(html_max, octets, 1048576, "cut, and a defect", "shield_limit_html_total", "HTML parsed of a message")            \
LIMIT(html_depth_max, count, 256, "cut, and a defect", "shield_limit_html_depth_total", "nested elements walked")       \
LIMIT(evidence_max, count, 500, "cut, and a defect", "shield_limit_evidence_total",                                      \
      "addresses, links, files and times kept of one message and the mail in it")                                       \
LIMIT(index_batch_max, count, 64, "next batch", "not counted: housekeeping",                                            \
      "messages indexed for search in one commit")                                                                      \
LIMIT(index_octets_max, octets, 262144, "next batch", "not counted: housekeeping",                                      \
      "text indexed for search in one commit")                                                                          \
/* asking the DNS */                                                                                                    \
LIMIT(dns_questions_max, count, 1000, "answered as failed", "shield_limit_dns_questions_total",                         \
      "under way at once, in all; a domain whose servers are silent keeps each of its own for 6 s to a minute")             \
LIMIT(dns_wait_max, seconds, 5, "answered as failed", "shield_limit_dns_wait_total",                                    \
      "one question; a server that is far away and was never asked takes one or two")                                   \
LIMIT(dns_records_max, count, 100, "cut", "shield_limit_dns_records_total", "records kept of one answer")               \
LIMIT(dns_cache_max, octets, 16777216, "forgotten", "not counted: housekeeping",                                        \
      "answers kept for as long as they say; some thousand domains")                                                    \
LIMIT(campaigns_max, count, 2000, "the longest quiet are forgotten", "not counted: housekeeping",                        \
      "campaigns that take new messages")                                                                               \
LIMIT(campaign_sketches_max, count, 100000, "the oldest are forgotten", "not counted: housekeeping",                    \
      "messages that new ones are compared with, 1 KB each; copies of one that is there take none")                     \
LIMIT(campaign_memory_time, seconds, 604800, "the oldest are forgotten", "not counted: housekeeping",                   \
      "so long after its last message a campaign ends")                                                                 \
LIMIT(campaign_senders_min, count, 3, "linked", "not counted: a view",                                                  \
      "different senders of nearly the same text, before it is folded")                                                 \
LIMIT(subscription_bomb_min, count, 5, "linked", "not counted: a view",                                                 \
      "confirmations of subscriptions to one mailbox within a day, before they are folded")                           \
/* acknowledging */                                                                                                     \
LIMIT(authentication_questions_max, count, 40, "temperror", "shield_limit_authentication_questions_total",               \
      "what one message may ask the DNS, over all checks")                                                              \
LIMIT(authentication_time_max, seconds, 8, "temperror", "shield_limit_authentication_time_total",                       \
      "one attempt; what has no answer by then may have one later")                                                     \
LIMIT(authentications_under_way_max, count, 64, "waits", "not counted: housekeeping",                                   \
      "messages whose senders are authenticated at once")                                                               \
LIMIT(authentication_wait_max, seconds, 600, "held", "not counted: housekeeping",                                       \
      "how long an acknowledgement waits for a DNS that fails, where unverified senders are held")                      \
LIMIT(authentication_wait_send_max, seconds, 5, "sent", "not counted: housekeeping",                                    \
      "the same where they are answered")                                                                               \
LIMIT(acknowledgements_sender_day_max, count, 1, "held", "shield_limit_acknowledgements_sender_total",                   \
      "one reverse-path in 24 hours that is not verified")                                                              \
LIMIT(acknowledgements_verified_day_max, count, 3, "held", "shield_limit_acknowledgements_verified_total",               \
      "one verified reverse-path in 24 hours, for separate messages")                                                   \
LIMIT(acknowledgements_domain_day_max, count, 50, "held", "shield_limit_acknowledgements_domain_total",                  \
      "one domain of reverse-paths in 24 hours")                                                                        \
LIMIT(acknowledgements_signer_day_max, count, 50, "held", "shield_limit_acknowledgements_signer_total",                  \
      "one domain whose signatures prove reverse-paths, in 24 hours")                                                   \
LIMIT(acknowledgements_network_day_max, count, 50, "held", "shield_limit_acknowledgements_network_total",                \
      "one client network (/24 or /48) in 24 hours")                                                                    \
LIMIT(acknowledgements_day_max, count, 1000, "held", "shield_limit_acknowledgements_total",                              \
      "all acknowledgements in 24 hours")                                                                               \
LIMIT(acknowledgement_size_max, octets, 2048, "refused by --check", "not counted: at start",                            \
      "a reply that nobody can use as a weapon")                                                                        \
LIMIT(promise_time_min, seconds, 900, "time left out", "not counted: a view",                                           \
      "a time nearer than this is not named in a reply")                                                                \
/* delivering */                                                                                                        \
LIMIT(delivery_concurrency_max, count, 10, "waits", "shield_deliveries_under_way",                                      \
      "transactions with the next hop at once")                                                                         \
LIMIT(delivery_lease, seconds, 1800, "unknown or tried again", "shield_limit_delivery_lease_total",                     \
      "longer than all deadlines of one attempt")                                                                       \
LIMIT(breaker_attempts, count, 20, "stopped", "shield_breaker_opened_total",                                            \
      "the last attempts at automatic replies, of one hour, that decide whether they go on")                            \
LIMIT(breaker_refused_max, percent, 25, "stopped", "shield_breaker_opened_total",                                       \
      "of these, refused: automatic replies stop")                                                                      \
LIMIT(breaker_deferred_max, percent, 50, "stopped", "shield_breaker_opened_total",                                      \
      "of these, deferred: automatic replies stop")                                                                     \
LIMIT(breaker_wait_max, seconds, 1800, "stopped", "shield_breaker_opened_total",                                        \
      "an automatic reply that waits longer for its first attempt stops them")                                          \
LIMIT(breaker_pause, seconds, 300, "one is tried", "not counted: housekeeping",                                         \
      "how long automatic replies are stopped until one is tried")                                                      \
LIMIT(peer_reply_line_max, octets, 2048, "deferred", "shield_limit_peer_reply_line_total", "a reply of the next hop")   \
LIMIT(peer_reply_lines_max, count, 100, "deferred", "shield_limit_peer_reply_lines_total", "a reply of the next hop")   \
LIMIT(peer_reply_kept_max, octets, 500, "cut", "shield_limit_peer_reply_kept_total", "what is stored of a reply")       \
LIMIT(delivery_waiting_max, count, 100, "deferred", "shield_limit_delivery_waiting_total",                              \
      "mails that wait for a connection to the next hop")                                                               \
LIMIT(peer_connect_wait_max, seconds, 30, "deferred", "shield_limit_peer_connect_wait_total",                           \
      "each address of the next hop")                                                                                   \
LIMIT(peer_greeting_wait_max, seconds, 300, "deferred", "shield_limit_peer_greeting_wait_total",                        \
      "RFC 5321 section 4.5.3.2.1")                                                                                     \
LIMIT(peer_command_wait_max, seconds, 300, "deferred", "shield_limit_peer_command_wait_total",                          \
      "RFC 5321 section 4.5.3.2.2 and 3")                                                                               \
LIMIT(peer_data_wait_max, seconds, 180, "deferred", "shield_limit_peer_data_wait_total",                                \
      "RFC 5321 section 4.5.3.2.5, a block at a time")                                                                  \
LIMIT(peer_final_wait_max, seconds, 600, "unknown", "shield_limit_peer_final_wait_total", "RFC 5321 section 4.5.3.2.6") \
LIMIT(peer_idle_max, seconds, 30, "closed", "not counted: housekeeping",                                                \
      "an idle connection is kept for the next reply")                                                                  \
/* the control socket and the web of metrics */                                                                         \
LIMIT(control_request_max, octets, 1048576, "refused", "shield_limit_control_request_total", "a reply with its text")    \
LIMIT(control_connections_max, count, 32, "refused", "shield_limit_control_connections_total", "people, not programs")   \
LIMIT(control_wait_max, seconds, 10, "closed", "shield_limit_control_wait_total",                                       \
      "a request arrives in one piece, and soon has its turn")                                                          \
LIMIT(control_answer_max, octets, 134217728, "closed", "shield_limit_control_answer_total",                             \
      "the largest message, and its frame")                                                                             \
LIMIT(http_request_max, octets, 8192, "431", "shield_limit_http_request_total", "a scrape has a few headers")            \
LIMIT(http_connections_max, count, 32, "closed", "shield_limit_http_connections_total", "scrapers and probes")           \
LIMIT(http_wait_max, seconds, 10, "closed", "shield_limit_http_wait_total", "")                                          \
/* configuration */                                                                                                     \
LIMIT(configuration_size_max, octets, 1048576, "refused at start", "not counted: at start",                             \
      "shieldd.toml, and the classifier's rules")                                                                       \
LIMIT(templates_max, count, 200, "refused at start", "not counted: at start", "files in the directory of templates")    \
LIMIT(template_size_max, octets, 65536, "refused at start", "not counted: at start",                                    \
      "one template; replies are far shorter")                                                                          \
/* people and their patience */                                                                                         \
LIMIT(note_max, octets, 65536, "refused", "shield_limit_note_total", "a note is not a file")                            \
LIMIT(reply_text_max, octets, 262144, "refused", "shield_limit_reply_text_total", "what a person writes in one mail")   \
LIMIT(control_depth_max, count, 8, "refused", "shield_limit_control_depth_total",                                       \
      "a request is one object with a list at most")                                                                    \
LIMIT(control_references_max, count, 100, "refused", "shield_limit_control_references_total",                           \
      "acknowledgements released by one request")                                                                       \
LIMIT(search_words_max, octets, 1000, "refused", "shield_limit_search_words_total", "what one search may ask for")      \
LIMIT(show_text_max, octets, 8388608, "cut", "not counted: a view", "readable text of all messages in one answer")      \
LIMIT(drain_time_max, seconds, 30, "closed", "shield_limit_drain_time_total",                                           \
      "SIGTERM waits this long for transactions under way")
// clang-format on

namespace shield::core {

/// The bounds in force. A value; every default stands in the table above.
struct Limits {
#define SHIELD_LIMIT_MEMBER(name, unit, value, reply, metric, reason) std::uint64_t name{value};
    SHIELD_LIMITS(SHIELD_LIMIT_MEMBER)
#undef SHIELD_LIMIT_MEMBER

    friend bool operator==(const Limits&, const Limits&) = default;
};

/// One line of the table.
struct LimitEntry {
    std::string_view name, unit;
    std::uint64_t default_value;
    std::string_view reply, metric, reason;
    std::uint64_t Limits::*member;
};

[[nodiscard]] std::span<const LimitEntry> limit_table() noexcept;

}  // namespace shield::core
