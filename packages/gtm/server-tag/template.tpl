___TERMS_OF_SERVICE___

By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.


___INFO___

{
  "type": "TAG",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Selfsame",
  "brand": {
    "id": "brand_dummy",
    "displayName": "Selfsame"
  },
  "description": "Sends an event of a server container to your Selfsame server.",
  "containerContexts": [
    "SERVER"
  ],
  "categories": [
    "ANALYTICS",
    "ATTRIBUTION"
  ]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "TEXT",
    "name": "endpoint",
    "displayName": "Your server",
    "simpleValueType": true,
    "help": "https://id.example.com, without a slash at the end.",
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      },
      {
        "type": "REGEX",
        "args": [
          "^https://.*[^/]$"
        ]
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "serverKey",
    "displayName": "Server key",
    "simpleValueType": true,
    "help": "Secret: it stays in this container.",
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "eventName",
    "displayName": "Event name",
    "simpleValueType": true,
    "help": "Absent: the event's own."
  },
  {
    "type": "PARAM_TABLE",
    "name": "identities",
    "displayName": "Identities",
    "paramTableColumns": [
      {
        "param": {
          "type": "TEXT",
          "name": "identity",
          "displayName": "Kind",
          "simpleValueType": true,
          "valueValidators": [
            {
              "type": "NON_EMPTY"
            }
          ]
        },
        "isUnique": true
      },
      {
        "param": {
          "type": "SELECT",
          "name": "identityVal",
          "displayName": "Value",
          "macrosInSelect": true,
          "selectItems": [],
          "simpleValueType": true
        },
        "isUnique": false
      }
    ],
    "help": "Beside client_id (device) and user_id (user)."
  }
]


___SANDBOXED_JS_FOR_SERVER___

const getAllEventData = require('getAllEventData');
const getTimestampMillis = require('getTimestampMillis');
const JSON = require('JSON');
const logToConsole = require('logToConsole');
const makeString = require('makeString');
const sendHttpRequest = require('sendHttpRequest');
const getType = require('getType');

const event = getAllEventData();
const ids = {};
const add = function (kind, value) {
  const type = getType(value);
  if (type !== 'undefined' && type !== 'null' && value !== '') ids[kind] = makeString(value);
};
add('device', event.client_id);
add('user', event.user_id);
(data.identities || []).forEach(function (row) { add(row.identity, row.identityVal); });

// Addresses and what only the container needs stay here.
const properties = {};
for (let name in event) {
  const isOurs = name.indexOf('x-') === 0 || name === 'ip_override' || name === 'event_name' || name === 'client_id' || name === 'user_id' || name === 'user_data';
  if (!isOurs) properties[name] = event[name];
}
const item = { type: 'track', name: data.eventName || event.event_name, ids: ids, properties: properties, time: getTimestampMillis() };
if (event.event_id) item.insertId = makeString(event.event_id);

sendHttpRequest(data.endpoint + '/v1/batch', {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: 'Bearer ' + data.serverKey },
  timeout: 10000
}, JSON.stringify({ items: [item] })).then(function (answer) {
  const told = answer.statusCode === 200 ? JSON.parse(answer.body) : undefined;
  const result = told && told.results && told.results[0];
  if (result && result.status !== 'rejected') return data.gtmOnSuccess();
  logToConsole('Selfsame: ' + (result ? result.reason : 'answer ' + answer.statusCode));
  data.gtmOnFailure();
}, data.gtmOnFailure);


___SERVER_PERMISSIONS___

[
  {
    "instance": {
      "key": {
        "publicId": "logging",
        "versionId": "1"
      },
      "param": [
        {
          "key": "environments",
          "value": {
            "type": 1,
            "string": "debug"
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "read_event_data",
        "versionId": "1"
      },
      "param": [
        {
          "key": "eventDataAccess",
          "value": {
            "type": 1,
            "string": "any"
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "send_http",
        "versionId": "1"
      },
      "param": [
        {
          "key": "allowedUrls",
          "value": {
            "type": 1,
            "string": "specific"
          }
        },
        {
          "key": "urls",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "https://*/v1/batch"
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  }
]


___TESTS___

scenarios:
- name: an event of any client becomes an item, without what only the container needs
  code: |-
    mock('getAllEventData', function () {
      return {event_name: 'purchase', client_id: 'd.1', user_id: 42, value: 9.9, event_id: 'e1', ip_override: '192.0.2.1', 'x-ga-mp1-tr': '1'};
    });
    mock('getTimestampMillis', function () { return 5; });

    mock('sendHttpRequest', function (url, options, body) {
      assertThat(url).isEqualTo('https://id.example.com/v1/batch');
      assertThat(options.headers.authorization).isEqualTo('Bearer SRV');
      assertThat(require('JSON').parse(body)).isEqualTo({items: [{type: 'track', name: 'purchase', ids: {device: 'd.1', user: '42', email: 'a@x'}, properties: {value: 9.9, event_id: 'e1'}, time: 5, insertId: 'e1'}]});
      return { then: function (answered) { answered({ statusCode: 200, body: '{"results":[{"status":"applied"}]}' }); } };
    });
    runCode({endpoint: 'https://id.example.com', serverKey: 'SRV', identities: [{identity: 'email', identityVal: 'a@x'}]});
    assertApi('gtmOnSuccess').wasCalled();
- name: a refused item is a failure
  code: |-
    mock('getAllEventData', function () {
      return {event_name: 'purchase', client_id: 'd.1', user_id: 42, value: 9.9, event_id: 'e1', ip_override: '192.0.2.1', 'x-ga-mp1-tr': '1'};
    });
    mock('getTimestampMillis', function () { return 5; });

    mock('sendHttpRequest', function () {
      return { then: function (answered) { answered({ statusCode: 200, body: '{"results":[{"status":"rejected","reason":"no"}]}' }); } };
    });
    runCode({endpoint: 'https://id.example.com', serverKey: 'SRV'});
    assertApi('gtmOnFailure').wasCalled();
- name: no answer is a failure
  code: |-
    mock('getAllEventData', function () {
      return {event_name: 'purchase', client_id: 'd.1', user_id: 42, value: 9.9, event_id: 'e1', ip_override: '192.0.2.1', 'x-ga-mp1-tr': '1'};
    });
    mock('getTimestampMillis', function () { return 5; });

    mock('sendHttpRequest', function () { return { then: function (answered, failed) { failed(); } }; });
    runCode({endpoint: 'https://id.example.com', serverKey: 'SRV'});
    assertApi('gtmOnFailure').wasCalled();


___NOTES___

Where the Selfsame client of this container forwards batches, this tag is for the events of other clients.
