-- One database and one role a service, each allowed into its own alone.
CREATE ROLE incident_api LOGIN PASSWORD 'incident_api';
CREATE ROLE dispatcher LOGIN PASSWORD 'dispatcher';
CREATE ROLE escalation LOGIN PASSWORD 'escalation';

CREATE DATABASE incident_api OWNER incident_api;
CREATE DATABASE dispatcher OWNER dispatcher;
CREATE DATABASE escalation OWNER escalation;

REVOKE CONNECT ON DATABASE incident_api FROM PUBLIC;
REVOKE CONNECT ON DATABASE dispatcher FROM PUBLIC;
REVOKE CONNECT ON DATABASE escalation FROM PUBLIC;
